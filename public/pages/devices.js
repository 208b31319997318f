import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { getJson, withQuery } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { DeviceForm } from './device-form.js';

const PER_PAGE = 50;
const RESULTS = ['completed', 'not_found', 'failed', 'cancelled'];
const FILTERS = ['prefix', 'last_result', 'batch_id'];
const CONFIGURE_TASK = 'equipment.configure';

/** Devices that were configured, or were to be; what is searched for stands in the address. */
export function DevicesPage() {
  const { query } = useStore(route);
  const filter = Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));
  const { cursor } = query;
  const list = useLoad(
    (signal) =>
      getJson(withQuery('api/v1/equipment/devices', { limit: PER_PAGE, ...filter, cursor }), { signal }),
    [JSON.stringify([filter, cursor])],
    { keep: true },
  );
  useTopic('tasks', {
    onSnapshot: list.touch,
    onEvent: ({ data }) => data.task_name === CONFIGURE_TASK && list.touch(),
  });
  const { data, error, loading } = list;
  const isFiltered = Object.keys(filter).length > 0;
  return html`<${PageTitle} title=${t('page.devices')} />
    <div class="columns reversed">
      <${Panel} title=${t('devices.list')} className=${loading ? 'list loading-anew' : 'list'}>
        <${Filters} fields=${fields()} />
        <${Problem} error=${error} />
        ${
          data?.items.length > 0 &&
          html`<${Table}
            caption=${t('devices.list')}
            columns=${columns()}
            rows=${data.items}
            rowKey=${(device) => device.equipment_id}
            className="devices"
          />`
        }
        ${data?.items.length === 0 && !error && html`<${Empty} title=${t(isFiltered ? 'devices.noneMatch' : 'devices.none')}>${t(isFiltered ? 'tasks.noneMatchHint' : 'devices.noneHint')}<//>`}
        ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
        <${Pager}
          onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
          onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
        />
      <//>
      <${DeviceForm} />
    </div>`;
}

const fields = () => [
  { name: 'prefix', label: t('devices.prefix'), kind: 'text' },
  {
    name: 'last_result',
    label: t('devices.result'),
    kind: 'select',
    options: RESULTS.map((value) => ({ value, label: t(`device.is.${value}`) })),
  },
  { name: 'batch_id', label: t('devices.batch'), kind: 'text' },
];

const columns = () => [
  {
    key: 'state',
    title: t('devices.result'),
    render: ({ last_result: result }) => html`<${State} state=${result} label=${t(`device.is.${result}`)} />`,
  },
  {
    key: 'id',
    title: t('devices.device'),
    head: true,
    render: ({ equipment_id: id }) => html`<a href=${href(`/devices/${id}`)}><code>${id}</code></a>`,
  },
  { key: 'note', title: t('devices.note'), grow: true, render: ({ note }) => note ?? '' },
  {
    key: 'task',
    title: t('column.task'),
    render: ({ last_task_id: id }) => html`<a href=${href(`/tasks/${id}`)}><code>…${id.slice(-8)}</code></a>`,
  },
  {
    key: 'last',
    title: t('column.last'),
    numeric: true,
    render: ({ last_seen_at: at }) => html`<${Time} at=${at} />`,
  },
];
