import { Form } from '../components/form.js';
import { Input } from '../components/input.js';
import { Panel } from '../components/panel.js';
import { tell } from '../components/toasts.js';
import { call, withQuery } from '../core/api.js';
import { newId } from '../core/report.js';
import { navigate } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const EMPTY = { name: '', canary: '10', share: '20', attempts: '1', in_flight: '20', timeout: '60' };

/** The form that takes a CSV of devices. */
export function BatchForm() {
  const who = useStore(caller);
  const [values, setValues] = useState(EMPTY);
  const [file, setFile] = useState(null);
  if (!may(who, 'operator')) return null;
  const field = (name) => ({
    label: t(`batches.form.${name}`),
    value: values[name],
    set: (value) => setValues((before) => ({ ...before, [name]: value })),
  });

  async function start() {
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': newId() };
    const path = withQuery('api/v1/equipment/batches', queryOf(values));
    const batch = await (await call(path, { method: 'POST', headers, body: file })).json();
    tell(t('batches.accepted', { n: batch.devices }));
    navigate(`/batches/${batch.batch_id}`);
  }

  return html`<${Panel} title=${t('batches.new')} className="batch-form">
    <${Form} act=${start} label=${t('batches.form.send')} nameOf=${nameOf}>
      <label class="field">
        <span>${t('batches.form.file')}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          required
          onChange=${(e) => setFile(e.target.files[0] ?? null)}
        />
        <span class="hint">${t('batches.form.fileHint')}</span>
      </label>
      <pre class="sample" tabindex="0">${SAMPLE}</pre>
      <${Input} ...${field('name')} maxlength="128" hint=${t('optional')} />
      <${Input}
        ...${field('canary')}
        type="number"
        required
        min="0"
        max="10000"
        hint=${t('batches.form.canaryHint')}
      />
      <${Input}
        ...${field('share')}
        type="number"
        required
        min="1"
        max="100"
        hint=${t('batches.form.shareHint')}
      />
      <${Input} ...${field('attempts')} type="number" required min="1" max="5" />
      <${Input} ...${field('in_flight')} type="number" required min="1" max="500" />
      <${Input} ...${field('timeout')} type="number" required min="1" max="900" />
    <//>
  <//>`;
}

const SAMPLE = `id,username,password,vlan,interfaces
*,admin,••••••,534,1 2 3 4
cpe00001,,,,
cpe00002,,,12,`;

function queryOf({ name, canary, share, attempts, in_flight: inFlight, timeout }) {
  return {
    ...{ name: name.trim(), canary, stop_at_failure_share: Number(share) / 100 },
    ...{ max_attempts: attempts, in_flight: inFlight, timeout_in_seconds: timeout },
  };
}

/** `/lines/17/vlan` as the reader knows it. */
function nameOf(pointer) {
  const [, , line, name] = /^\/(lines)\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? [];
  return line === undefined ? `${pointer}:` : `${t('batches.line', { line })}${name ? ` ${name}` : ''}:`;
}
