import { Form } from '../components/form.js';
import { send } from '../core/api.js';
import { newId } from '../core/report.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const PATH = 'api/v1/trade_info';
const EXCHANGERS = ['binance', 'coingecko'];
const FIELDS = [
  { name: 'symbols', title: () => t('column.symbols'), placeholder: 'BTC, ETH', required: true },
  { name: 'currencies', title: () => t('column.currencies'), placeholder: 'USDT', required: true },
  { name: 'priority', title: () => t('column.order'), mode: 'numeric' },
  { name: 'stale_after_s', title: () => t('column.staleAfter'), mode: 'numeric' },
  { name: 'url', title: () => t('follow.url'), mode: 'url' },
];

/** A new row, or one that is changed; `etag` is of the row as it is shown here. */
export function FollowForm({ row, etag, saved, close }) {
  const [form, setForm] = useState(() => formOf(row));
  const set = (change) => setForm((before) => ({ ...before, ...change }));
  const save = async () => {
    if (row) {
      const headers = etag ? { 'If-Match': etag } : {};
      await send('PATCH', `${PATH}/${row.id}`, bodyOf(form), { headers });
    } else {
      const headers = { 'Idempotency-Key': newId() };
      await send('POST', PATH, { exchanger: form.exchanger, ...bodyOf(form) }, { headers });
    }
    saved();
  };
  const keep = html`<button type="button" class="button" onClick=${close}>${t('action.keep')}</button>`;
  return html`<${Form}
    class="inline follow"
    aria-label=${t(row ? 'follow.edit' : 'follow.add')}
    act=${save}
    label=${t('follow.save')}
    actions=${keep}
    nameOf=${nameOf}
  >
    <label class="field">
      <span>${t('column.exchanger')}</span>
      <select
        disabled=${Boolean(row)}
        value=${form.exchanger}
        onChange=${(e) => set({ exchanger: e.target.value })}
      >
        ${EXCHANGERS.map((name) => html`<option value=${name}>${name}</option>`)}
      </select>
    </label>
    ${FIELDS.map(
      ({ name, title, placeholder, required, mode }) =>
        html`<label class="field" key=${name}>
          <span>${title()} ${!required && html`<span class="soft">${t('optional')}</span>`}</span>
          <input
            required=${required}
            inputmode=${mode}
            placeholder=${placeholder}
            spellcheck=${false}
            autocomplete="off"
            value=${form[name]}
            onInput=${(e) => set({ [name]: e.target.value })}
          />
        </label>`,
    )}
  <//>`;
}

function formOf(row) {
  return {
    exchanger: row?.exchanger ?? EXCHANGERS[0],
    symbols: row?.symbols.join(', ') ?? '',
    currencies: row?.currencies.join(', ') ?? '',
    priority: row ? String(row.priority) : '',
    stale_after_s: row ? String(row.stale_after_s) : '',
    url: row?.url ?? '',
  };
}

/** What is left empty is left to the service. */
function bodyOf({ symbols, currencies, priority, stale_after_s: staleAfterS, url }) {
  return {
    symbols: listOf(symbols),
    currencies: listOf(currencies),
    ...(priority.trim() ? { priority: Number(priority) } : {}),
    ...(staleAfterS.trim() ? { stale_after_s: Number(staleAfterS) } : {}),
    url: url.trim() || null,
  };
}

function listOf(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}

function nameOf(pointer) {
  return FIELDS.find(({ name }) => pointer.startsWith(`/${name}`))?.title() ?? pointer;
}
