import { Form } from '../components/form.js';
import { tell } from '../components/toasts.js';
import { send } from '../core/api.js';
import { formatDuration } from '../core/format.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const OPS = ['above', 'below', 'change_pct'];
const WINDOWS_S = [300, 900, 3_600, 14_400, 86_400, 604_800];
const BEGIN = { pair: '', op: 'above', value: '', windowS: 3_600, webhook: false, chatId: '' };

/** Sets an alert, on `pair` where there is one. */
export function NewAlert({ pair, done }) {
  const [form, setForm] = useState(BEGIN);
  const set = (change) => setForm((before) => ({ ...before, ...change }));
  const add = async () => {
    await send('POST', 'api/v1/alerts', alertOf({ ...form, pair: pair ?? form.pair.trim() }));
    tell(t('alerts.set'));
    setForm(BEGIN);
    done();
  };
  return html`<${Form}
    class="inline new-alert"
    aria-label=${t('alerts.new')}
    act=${add}
    label=${t('alerts.add')}
    nameOf=${nameOf}
  >
    ${
      pair === undefined &&
      html`<label class="field">
        <span>${t('column.pair')}</span>
        <input
          required
          maxlength="96"
          spellcheck=${false}
          autocomplete="off"
          placeholder="BTC-USDT"
          value=${form.pair}
          onInput=${(e) => set({ pair: e.target.value })}
        />
      </label>`
    }
    <label class="field">
      <span>${t('alerts.when')}</span>
      <select value=${form.op} onChange=${(e) => set({ op: e.target.value })}>
        ${OPS.map((op) => html`<option value=${op}>${t(`op.${op}`)}</option>`)}
      </select>
    </label>
    <label class="field">
      <span>${t(form.op === 'change_pct' ? 'alerts.percent' : 'column.value')}</span>
      <input
        required
        inputmode="decimal"
        maxlength="51"
        autocomplete="off"
        value=${form.value}
        onInput=${(e) => set({ value: e.target.value })}
      />
    </label>
    ${
      form.op === 'change_pct' &&
      html`<label class="field">
        <span>${t('alerts.within')}</span>
        <select value=${form.windowS} onChange=${(e) => set({ windowS: Number(e.target.value) })}>
          ${WINDOWS_S.map((s) => html`<option value=${s}>${formatDuration(s * 1_000)}</option>`)}
        </select>
      </label>`
    }
    <label class="field">
      <span>${t('alerts.chat')} <span class="soft">${t('optional')}</span></span>
      <input
        inputmode="numeric"
        maxlength="17"
        autocomplete="off"
        value=${form.chatId}
        onInput=${(e) => set({ chatId: e.target.value })}
      />
    </label>
    <label class="check">
      <input type="checkbox" checked=${form.webhook} onChange=${(e) => set({ webhook: e.target.checked })} />
      ${t('alerts.webhook')}
    </label>
  <//>`;
}

function alertOf({ pair, op, value, windowS, webhook, chatId }) {
  const channels = [
    'live',
    ...(webhook ? ['webhook'] : []),
    ...(chatId.trim() ? [{ kind: 'telegram', chat_id: chatId.trim() }] : []),
  ];
  // A comma is what the reader's keyboard may have for the decimal point.
  const alert = { pair, op, value: value.trim().replace(',', '.'), channels };
  return op === 'change_pct' ? { ...alert, window_s: windowS } : alert;
}

function nameOf(pointer) {
  if (pointer.startsWith('/channels')) return t('alerts.chat');
  const names = { '/pair': t('column.pair'), '/value': t('column.value'), '/window_s': t('alerts.within') };
  return names[pointer] ?? pointer;
}
