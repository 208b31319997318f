import { callJson } from './api.js';
import { byId, formatPhones, make, setText } from './dom.js';
import { parsePhones } from './phones.js';

const MOST_ERRORS = 20;

/** The form that asks for a report; `accepted` gets the task. */
export function showRequestForm(accepted) {
  const form = byId('request');
  const phones = byId('phones');
  phones.addEventListener('input', () => note(phones));
  note(phones);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button[type=submit]');
    if (button.getAttribute('aria-disabled') === 'true') return;
    const body = bodyOf(phones);
    if (!body) return;
    button.setAttribute('aria-disabled', 'true');
    showErrors();
    try {
      accepted(await callJson('api/v1/report', post(body)), body);
    } catch (error) {
      showErrors(error, body);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

function note(field) {
  const { phones, error } = parsePhones(field.value);
  setText(byId('phones-note'), error || (phones.length > 0 ? formatPhones(phones.length) : ''));
  byId('phones-note').classList.toggle('wrong', error !== '');
  field.setAttribute('aria-invalid', String(error !== ''));
}

function bodyOf(field) {
  const { phones, error } = parsePhones(field.value);
  if (error || phones.length === 0) {
    setText(byId('phones-note'), error || 'Name at least one phone.');
    byId('phones-note').classList.add('wrong');
    field.setAttribute('aria-invalid', 'true');
    field.focus();
    return undefined;
  }
  return { numbers: phones, correlation_id: newId(), ...timeOf('from'), ...timeOf('to') };
}

/** The reader's own time, as RFC 3339 in UTC. */
function timeOf(name) {
  const { value } = byId(name);
  return value === '' ? {} : { [name]: new Date(value).toISOString() };
}

function post(body) {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Browsers offer randomUUID to https and loopback pages alone. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function showErrors(error, body) {
  const box = byId('request-errors');
  box.replaceChildren();
  box.hidden = error === undefined;
  if (!error) return;
  box.append(make('p', '', error.message));
  if (error.errors.length === 0) return;
  const list = make('ul');
  for (const { pointer, detail } of error.errors.slice(0, MOST_ERRORS)) {
    list.append(make('li', '', `${placeOf(pointer, body)} ${detail}`));
  }
  box.append(list);
}

/** `/numbers/3` as the reader knows it: the phone itself. */
function placeOf(pointer = '', body) {
  const index = /^\/numbers\/(\d+)$/.exec(pointer)?.[1];
  if (index !== undefined) return `Phone ${body.numbers[index]}:`;
  const names = { '/numbers': 'Phones:', '/from': 'Started at or after:', '/to': 'Started before:' };
  return names[pointer] ?? `${pointer}:`;
}
