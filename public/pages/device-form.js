import { Form } from '../components/form.js';
import { Input } from '../components/input.js';
import { Panel } from '../components/panel.js';
import { tell } from '../components/toasts.js';
import { send } from '../core/api.js';
import { newId } from '../core/report.js';
import { navigate } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const EMPTY = { id: '', username: '', password: '', vlan: '', interfaces: '', timeout: '60' };

/** The form that configures one device, `id` where it is known which. The password leaves it with the request, and is kept nowhere. */
export function DeviceForm({ id }) {
  const who = useStore(caller);
  const [values, setValues] = useState(EMPTY);
  if (!may(who, 'operator')) return null;
  const field = (name) => ({
    label: t(`devices.form.${name}`),
    value: values[name],
    set: (value) => setValues((before) => ({ ...before, [name]: value })),
  });

  async function configure() {
    const device = id ?? values.id.trim();
    const path = `api/v1/equipment/cpe/${encodeURIComponent(device)}`;
    const headers = { 'Idempotency-Key': newId() };
    const { taskId } = await send('POST', path, bodyOf(values), { headers });
    setValues(EMPTY);
    tell(t('devices.accepted', { id: device }));
    navigate(`/tasks/${taskId}`);
  }

  return html`<${Panel} title=${t('devices.configure')} className="device-form">
    <${Form} autocomplete="off" act=${configure} label=${t('devices.form.send')} nameOf=${nameOf}>
      ${
        id === undefined &&
        html`<${Input}
          ...${field('id')}
          required
          pattern="[a-zA-Z0-9]{6,255}"
          hint=${t('devices.form.idHint')}
        />`
      }
      <${Input} ...${field('username')} required maxlength="256" />
      <${Input}
        ...${field('password')}
        type="password"
        required
        maxlength="256"
        autocomplete="new-password"
        hint=${t('devices.form.passwordHint')}
      />
      <${Input} ...${field('vlan')} type="number" min="1" max="4094" hint=${t('optional')} />
      <${Input}
        ...${field('interfaces')}
        required
        pattern="\\s*[0-9]+([\\s,;]+[0-9]+)*\\s*"
        placeholder="1, 2, 3, 4"
        hint=${t('devices.form.interfacesHint')}
      />
      <${Input} ...${field('timeout')} type="number" required min="1" max="900" />
    <//>
  <//>`;
}

function bodyOf({ username, password, vlan, interfaces, timeout }) {
  const numbers = interfaces.split(/[\s,;]+/).filter(Boolean);
  return {
    timeoutInSeconds: Number(timeout),
    parameters: {
      ...{ username, password },
      ...(vlan === '' ? {} : { vlan: Number(vlan) }),
      interfaces: numbers.map(Number),
    },
  };
}

/** `/parameters/vlan` as the reader knows it. */
function nameOf(pointer) {
  const name = pointer.startsWith('/timeout') ? 'timeout' : pointer.split('/')[2];
  return `${t.optional(`devices.form.${name}`) ?? pointer}:`;
}
