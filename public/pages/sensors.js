import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { getJson, withQuery } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { SensorStatus } from './sensor-status.js';

const PER_PAGE = 50;
const FILTERS = ['status', 'kind', 'external_id', 'client_id', 'enabled'];

/** All sensors, and how each is, as it changes. */
export function SensorsPage() {
  const { query } = useStore(route);
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const { cursor } = query;
  const { data, error, loading, change, touch } = useLoad(
    (signal) => getJson(withQuery('api/v1/sensors', { limit: PER_PAGE, ...filter, cursor }), { signal }),
    [JSON.stringify([filter, cursor])],
    { keep: true },
  );
  useTopic('sensors', { onSnapshot: touch, onEvent: (event) => change((page) => withEvent(page, event)) });
  const isFiltered = FILTERS.some((name) => query[name]);
  return html`<${PageTitle} title=${t('page.sensors')} />
    <${Panel} title=${t('sensors.list')} className=${loading ? 'list loading-anew' : 'list'}>
      <${Filters} fields=${fields()} />
      <${Problem} error=${error} />
      ${
        data?.items.length > 0 &&
        html`<${Table}
          caption=${t('sensors.list')}
          columns=${columns()}
          rows=${data.items}
          rowKey=${(sensor) => sensor.id}
          className="sensors"
        />`
      }
      ${
        data?.items.length === 0 &&
        !error &&
        html`<${Empty} title=${t(isFiltered ? 'sensors.noneMatch' : 'sensors.none')}
          >${t(isFiltered ? 'tasks.noneMatchHint' : 'sensors.noneHint')}<//
        >`
      }
      ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
      <${Pager}
        onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
        onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
      />
    <//>`;
}

/** Where a sensor of the page has changed, it is shown so at once. */
function withEvent(page, { type, data }) {
  if (type !== 'sensor.status-changed') return page;
  if (!page.items.some(({ id }) => id === data.sensor_id)) return page;
  const items = page.items.map((sensor) =>
    sensor.id === data.sensor_id ? { ...sensor, status: data.to, status_at: data.at } : sensor,
  );
  return { ...page, items };
}

const fields = () => [
  { name: 'status', label: t('sensors.status'), kind: 'text' },
  { name: 'kind', label: t('column.kind'), kind: 'text' },
  { name: 'external_id', label: t('sensors.externalId'), kind: 'text' },
  { name: 'client_id', label: t('sensors.client'), kind: 'text' },
  {
    name: 'enabled',
    label: t('sensors.enabled'),
    kind: 'select',
    options: [
      { value: 'true', label: t('sensors.on') },
      { value: 'false', label: t('sensors.off') },
    ],
  },
];

const columns = () => [
  {
    key: 'status',
    title: t('sensors.status'),
    render: (sensor) => html`<${SensorStatus} sensor=${sensor} />`,
  },
  {
    key: 'name',
    title: t('column.name'),
    head: true,
    render: (sensor) => html`<a href=${href(`/sensors/${sensor.id}`)}>${sensor.name}</a>`,
  },
  { key: 'external', title: t('sensors.externalId'), grow: true, render: (sensor) => sensor.external_id },
  { key: 'kind', title: t('column.kind'), render: (sensor) => sensor.kind },
  {
    key: 'at',
    title: t('sensors.at'),
    numeric: true,
    render: (sensor) => html`<${Time} at=${sensor.status_at} fallback=${t('sensors.never')} />`,
  },
];
