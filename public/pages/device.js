import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { getJson, send, withQuery } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { DeviceForm } from './device-form.js';

const PER_PAGE = 50;

/** One device: how its last task ended, all its tasks, what there is to know of it, and the form that configures it. */
export function DevicePage({ id }) {
  const path = `api/v1/equipment/devices/${encodeURIComponent(id)}`;
  const { cursor } = useStore(route).query;
  const device = useLoad((signal) => orNull(getJson(path, { signal })), [id]);
  const history = useLoad(
    (signal) => orNull(getJson(withQuery(`${path}/history`, { limit: PER_PAGE, cursor }), { signal })),
    [id, cursor],
    { keep: true },
  );
  const again = () => [device, history].forEach((one) => one.touch());
  useTopic(/^[a-zA-Z0-9]{6,255}$/.test(id) ? `equipment.${id}` : undefined, {
    onSnapshot: again,
    onEvent: again,
  });
  const { data } = device;
  return html`<p class="crumbs"><a href=${href('/devices')}>${t('page.devices')}</a></p>
    <${PageTitle}
      title=${t('devices.one', { id })}
      actions=${data && html`<${NoteAction} path=${path} device=${data} done=${device.reload} />`}
    >
      <p class="standing">
        ${data && html`<span role="status"><${State} state=${data.last_result} label=${t(`device.is.${data.last_result}`)} /></span>`}
        <${CopyId} id=${id} />
      </p>
    <//>
    <${Problem} error=${device.error ?? history.error} />
    ${data === null && html`<p class="soft">${t('devices.unseen')}</p>`}
    <div class="columns reversed">
      <${Panel} title=${t('devices.history')} className="list"
        ><${History} history=${history.data} cursor=${cursor}
      /><//>
      <div class="stack">
        ${data && html`<${Panel} title=${t('task.facts')}><${Facts} device=${data} /><//>`}
        <${DeviceForm} id=${id} />
      </div>
    </div>`;
}

/** A device that no task has ended for is not known yet, but may be configured. */
function orNull(loaded) {
  return loaded.catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
}

function NoteAction({ path, device, done }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  const note = async () => {
    const input = { label: t('devices.note'), hint: t('devices.noteHint') };
    const answer = await ask({
      title: t('devices.noteAsk'),
      body: device.note ?? '',
      confirm: t('devices.noteKeep'),
      input,
    });
    if (!answer) return;
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    await send('PATCH', path, { note: answer.text === '' ? null : answer.text }, { headers });
    tell(t('devices.noted'));
    done();
  };
  return html`<${ActButton} act=${note}>${t('devices.noteEdit')}<//>`;
}

function Facts({ device }) {
  return html`<dl class="facts">
    <div>
      <dt>${t('devices.note')}</dt>
      <dd>${device.note ?? '–'}</dd>
    </div>
    <div>
      <dt>${t('devices.message')}</dt>
      <dd>${device.last_message}</dd>
    </div>
    <div>
      <dt>${t('column.last')}</dt>
      <dd><${Time} at=${device.last_seen_at} /></dd>
    </div>
    <div>
      <dt>${t('devices.first')}</dt>
      <dd><${Time} at=${device.first_seen_at} /></dd>
    </div>
    <div>
      <dt>${t('devices.tasks')}</dt>
      <dd>${t('devices.tasksOf', { n: device.tasks, failures: device.failures })}</dd>
    </div>
    ${
      device.last_batch_id &&
      html`<div>
        <dt>${t('devices.batch')}</dt>
        <dd><${BatchLink} id=${device.last_batch_id} /></dd>
      </div>`
    }
  </dl>`;
}

function BatchLink({ id }) {
  return html`<a href=${href(`/batches/${id}`)}><code>…${id.slice(-8)}</code></a>`;
}

function History({ history, cursor }) {
  if (history === undefined) return html`<p class="soft loading">${t('loading')}</p>`;
  if (!history?.items.length) return html`<${Empty} title=${t('devices.noHistory')} />`;
  return html`<${Table}
      caption=${t('devices.history')}
      columns=${columns()}
      rows=${history.items}
      rowKey=${(entry) => entry.task_id}
    />
    <${Pager}
      onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
      onNext=${history.next_cursor && (() => setQuery({ cursor: history.next_cursor }))}
    />`;
}

const columns = () => [
  {
    key: 'state',
    title: t('column.state'),
    render: ({ task_status: status }) => html`<${State} state=${status} />`,
  },
  {
    key: 'task',
    title: t('column.task'),
    head: true,
    render: ({ task_id: id }) => html`<a href=${href(`/tasks/${id}`)}><code>…${id.slice(-8)}</code></a>`,
  },
  {
    key: 'error',
    title: t('column.error'),
    grow: true,
    render: ({ error_message: message }) => message ?? '',
  },
  {
    key: 'by',
    title: t('devices.by'),
    render: ({ created_by: by, batch_id: batch }) => (batch ? html`<${BatchLink} id=${batch} />` : by),
  },
  {
    key: 'received',
    title: t('column.received'),
    numeric: true,
    render: ({ received }) => html`<${Time} at=${received} />`,
  },
];
