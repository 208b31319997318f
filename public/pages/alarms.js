import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { getJson, withQuery } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { AlarmsTable } from './alarms-table.js';

const PER_PAGE = 50;
const FILTERS = ['active', 'acknowledged', 'severity', 'sensor_id'];
const SEVERITIES = ['critical', 'major', 'minor', 'info'];

/** What rules found of sensors: newest first, as it comes. */
export function AlarmsPage() {
  const { query } = useStore(route);
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const { cursor } = query;
  const list = useLoad(
    (signal) => getJson(withQuery('api/v1/alarms', { limit: PER_PAGE, ...filter, cursor }), { signal }),
    [JSON.stringify([filter, cursor])],
    { keep: true },
  );
  useTopic('sensors', {
    onSnapshot: list.touch,
    onEvent: ({ type }) => type.startsWith('sensor.alarm-') && list.touch(),
  });
  const { data, error, loading } = list;
  const isFiltered = FILTERS.some((name) => query[name]);
  return html`<${PageTitle} title=${t('page.alarms')} />
    <${Panel} title=${t('alarms.list')} className=${loading ? 'list loading-anew' : 'list'}>
      <${Filters} fields=${fields()} />
      <${Problem} error=${error} />
      ${data?.items.length > 0 && html`<${AlarmsTable} alarms=${data.items} done=${list.reload} />`}
      ${
        data?.items.length === 0 &&
        !error &&
        html`<${Empty} title=${t(isFiltered ? 'alarms.noneMatch' : 'alarms.none')}
          >${t(isFiltered ? 'tasks.noneMatchHint' : 'alarms.noneHint')}<//
        >`
      }
      ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
      <${Pager}
        onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
        onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
      />
    <//>`;
}

const either = (yes, no) => [
  { value: 'true', label: t(yes) },
  { value: 'false', label: t(no) },
];

const fields = () => [
  {
    name: 'active',
    label: t('column.state'),
    kind: 'select',
    options: either('alarms.active', 'alarms.cleared'),
  },
  {
    name: 'acknowledged',
    label: t('alarms.acknowledgement'),
    kind: 'select',
    options: either('alarms.known', 'alarms.unknown'),
  },
  {
    name: 'severity',
    label: t('alarms.severity'),
    kind: 'select',
    options: SEVERITIES.map((value) => ({ value, label: t(`alarms.${value}`) })),
  },
  { name: 'sensor_id', label: t('alarms.sensorId'), kind: 'text' },
];
