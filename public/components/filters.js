import { route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useRef, useState } from '../vendor.js';

const TYPING_MS = 300;

/**
 * Filters that stand in the address, so that a link shows the same.
 * @param fields `[{ name, label, kind: 'select' | 'text' | 'number' | 'moment', options?: [{ value, label }] }]`
 */
export function Filters({ fields, children }) {
  const { query } = useStore(route);
  const [isOpen, setOpen] = useState(fields.slice(2).some(({ name }) => query[name]));
  const anySet = fields.some(({ name }) => query[name]);
  const clear = () =>
    setQuery(Object.fromEntries([...fields.map(({ name }) => [name, undefined]), ['cursor', undefined]]));
  return html`<form
    class=${isOpen ? 'filters open' : 'filters'}
    role="search"
    aria-label=${t('filters.name')}
    onSubmit=${(e) => e.preventDefault()}
  >
    ${fields.map((field) => html`<${Filter} key=${field.name} field=${field} value=${query[field.name] ?? ''} />`)}
    <div class="filters-end">
      ${
        fields.length > 2 &&
        html`<button
          type="button"
          class="button quiet more"
          aria-expanded=${isOpen}
          onClick=${() => setOpen(!isOpen)}
        >
          ${t('filters.more')}
        </button>`
      }
      ${anySet && html`<button type="button" class="button quiet" onClick=${clear}>${t('filters.clear')}</button>`}
      ${children}
    </div>
  </form>`;
}

function Filter({ field, value }) {
  const { name, label, kind, options = [] } = field;
  const set = (next) => setQuery({ [name]: next || undefined, cursor: undefined });
  return html`<label class="filter ${kind}">
    <span>${label}</span>
    ${
      kind === 'select'
        ? html`<select value=${value} onChange=${(e) => set(e.target.value)}>
            <option value="">${t('filters.any')}</option>
            ${withCurrent(options, value).map((option) => html`<option value=${option.value}>${option.label}</option>`)}
          </select>`
        : kind === 'moment'
          ? html`<input
              type="datetime-local"
              value=${localOf(value)}
              onChange=${(e) => set(utcOf(e.target.value))}
            />`
          : html`<${Typed} kind=${kind} value=${value} set=${set} />`
    }
  </label>`;
}

/** Writes to the address when typing pauses. */
function Typed({ kind, value, set }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (event) => {
    const next = event.target.value;
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set(next.trim()), TYPING_MS);
  };
  return html`<input
    type=${kind === 'number' ? 'text' : 'search'}
    inputmode=${kind === 'number' ? 'numeric' : undefined}
    value=${text}
    spellcheck=${false}
    autocomplete="off"
    onInput=${type}
  />`;
}

/** A value that the address has and the list has not is still shown. */
function withCurrent(options, value) {
  return value === '' || options.some((option) => option.value === value)
    ? options
    : [...options, { value, label: value }];
}

/** The reader's own time in the field, UTC in the address. */
function localOf(rfc3339) {
  const time = new Date(rfc3339);
  if (rfc3339 === '' || Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function utcOf(local) {
  return local === '' ? '' : new Date(local).toISOString();
}
