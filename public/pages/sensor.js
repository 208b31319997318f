import { CopyId } from '../components/copy-id.js';
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
import { route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { AlarmsTable } from './alarms-table.js';
import { SensorStatus } from './sensor-status.js';

const PER_PAGE = 50;
const MOST_ALARMS = 20;

/** One sensor: how it is, its alarms, and all that it said. */
export function SensorPage({ id }) {
  const path = `api/v1/sensors/${encodeURIComponent(id)}`;
  const sensor = useLoad((signal) => getJson(path, { signal }), [id], { keep: true });
  const alarms = useLoad(
    (signal) => getJson(withQuery('api/v1/alarms', { sensor_id: id, limit: MOST_ALARMS }), { signal }),
    [id],
  );
  const { from, to, status, cursor } = useStore(route).query;
  const log = useLoad(
    (signal) => getJson(withQuery(`${path}/log`, { limit: PER_PAGE, from, to, status, cursor }), { signal }),
    [id, from, to, status, cursor],
    { keep: true },
  );
  useTopic(`sensors.${id}`, {
    onSnapshot: () => [sensor, alarms, log].forEach((load) => load.touch()),
    onEvent({ type }) {
      if (type.startsWith('sensor.alarm-')) alarms.touch();
      else [sensor, log].forEach((load) => load.touch());
    },
  });
  const { data, error } = sensor;
  return html`<${PageTitle} title=${data?.name ?? t('page.sensor')}><${CopyId} id=${id} /><//>
    <${Problem} error=${error} />
    ${data && html`<${Facts} sensor=${data} />`}
    ${
      alarms.data?.items.length > 0 &&
      html`<${Panel} title=${t('page.alarms')} className="list">
        <${AlarmsTable} alarms=${alarms.data.items} withSensor=${false} done=${alarms.reload} />
      <//>`
    }
    <${Timeline} log=${log} cursor=${cursor} />`;
}

function Facts({ sensor }) {
  const facts = [
    ['sensors.status', html`<${SensorStatus} sensor=${sensor} />`],
    ['sensors.at', html`<${Time} at=${sensor.status_at} fallback=${t('sensors.never')} />`],
    ['column.kind', sensor.kind],
    ['sensors.externalId', sensor.external_id],
    ['sensors.client', html`<${CopyId} id=${sensor.client_id} />`],
    ['sensors.enabled', t(sensor.enabled ? 'sensors.on' : 'sensors.off')],
  ];
  return html`<${Panel} title=${t('sensors.facts')}>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${t(name)}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  <//>`;
}

function Timeline({ log: { data, error, loading }, cursor }) {
  return html`<${Panel} title=${t('sensors.timeline')} className=${loading ? 'list loading-anew' : 'list'}>
    <${Filters} fields=${fields()} />
    <${Problem} error=${error} />
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('sensors.timeline')}
        columns=${columns()}
        rows=${data.items}
        rowKey=${(entry) => `${entry.at} ${entry.status}`}
        className="timeline"
      />`
    }
    ${data?.items.length === 0 && !error && html`<${Empty} title=${t('sensors.nothing')} />`}
    ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
    <${Pager}
      onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
      onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
    />
  <//>`;
}

const fields = () => [
  { name: 'status', label: t('sensors.status'), kind: 'text' },
  { name: 'from', label: t('sensors.from'), kind: 'moment' },
  { name: 'to', label: t('sensors.to'), kind: 'moment' },
];

const columns = () => [
  { key: 'at', title: t('sensors.at'), head: true, render: (entry) => html`<${Time} at=${entry.at} />` },
  { key: 'status', title: t('sensors.status'), render: (entry) => entry.status },
  {
    key: 'payload',
    title: t('sensors.payload'),
    grow: true,
    render: (entry) =>
      entry.payload === null ? '' : html`<code class="wrap">${shown(JSON.stringify(entry.payload))}</code>`,
  },
  {
    key: 'received',
    title: t('sensors.received'),
    numeric: true,
    render: (entry) => html`<${Time} at=${entry.received_at} />`,
  },
];

const MOST_CHARS = 300;

function shown(json) {
  return json.length <= MOST_CHARS ? json : `${json.slice(0, MOST_CHARS)}…`;
}
