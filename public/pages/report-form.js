import { Form } from '../components/form.js';
import { Panel } from '../components/panel.js';
import { send } from '../core/api.js';
import { parsePhones } from '../core/phones.js';
import { newId } from '../core/report.js';
import { t } from '../i18n/index.js';
import { html, useRef, useState } from '../vendor.js';

/** The form that asks for a report; `accepted` gets the task. */
export function ReportForm({ accepted }) {
  const [text, setText] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [isTried, setTried] = useState(false);
  const field = useRef(null);
  const sent = useRef([]);
  const { phones, problem } = parsePhones(text);
  const wrong = problem ?? (isTried && phones.length === 0 ? { key: 'phones.missing' } : null);

  async function ask() {
    setTried(true);
    if (problem || phones.length === 0) return field.current.focus();
    const id = newId();
    const body = { numbers: phones, correlation_id: id, ...moment('from', from), ...moment('to', to) };
    sent.current = phones;
    accepted(await send('POST', 'api/v1/report', body, { headers: { 'Idempotency-Key': id } }));
    setTried(false);
  }

  return html`<${Panel} title=${t('report.request')} className="report-form">
    <${Form}
      novalidate
      act=${ask}
      label=${t('report.send')}
      nameOf=${(pointer) => nameOf(pointer, sent.current)}
    >
      <div class="field">
        <label for="phones">${t('phones.label')}</label>
        <textarea
          id="phones"
          ref=${field}
          rows="4"
          spellcheck=${false}
          autocomplete="off"
          placeholder="1-10, 15, 42"
          aria-describedby="phones-hint phones-note"
          aria-invalid=${wrong ? 'true' : 'false'}
          value=${text}
          onInput=${(event) => setText(event.target.value)}
        ></textarea>
        <p id="phones-note" class=${wrong ? 'note wrong' : 'note'} aria-live="polite">
          ${wrong ? t(wrong.key, wrong) : phones.length > 0 ? t('phones.count', { n: phones.length }) : ''}
        </p>
        <p id="phones-hint" class="hint">${t('phones.hint')}</p>
      </div>
      <fieldset>
        <legend>${t('period.label')} <span class="soft">${t('optional')}</span></legend>
        <div class="pair">
          <${Moment} label=${t('period.from')} value=${from} set=${setFrom} />
          <${Moment} label=${t('period.to')} value=${to} set=${setTo} />
        </div>
        <p class="hint">${t('period.hint')}</p>
      </fieldset>
    <//>
  <//>`;
}

function Moment({ label, value, set }) {
  return html`<label class="field">
    <span>${label}</span>
    <input type="datetime-local" step="1" value=${value} onInput=${(event) => set(event.target.value)} />
  </label>`;
}

/** The reader's own time, as RFC 3339 in UTC. */
function moment(name, local) {
  return local === '' ? {} : { [name]: new Date(local).toISOString() };
}

/** `/numbers/3` as the reader knows it: the phone itself. */
function nameOf(pointer, phones) {
  const index = /^\/numbers\/(\d+)$/.exec(pointer)?.[1];
  if (index !== undefined) return `${t('phones.one', { phone: String(phones[index]) })}:`;
  const label = { '/numbers': t('phones.label'), '/from': t('period.from'), '/to': t('period.to') }[pointer];
  return `${label ?? pointer}:`;
}
