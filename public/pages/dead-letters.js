import { ActButton } from '../components/button.js';
import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { getJson, withQuery } from '../core/api.js';
import { act } from '../core/bulk.js';
import { sourceName } from '../core/dead-letter.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

const PER_PAGE = 50;
const STATES = ['waiting', 'replayed', 'discarded'];
const KINDS = ['message', 'task'];
/** What an act on many may be narrowed by: it takes what waits alone. */
const FILTERS = ['kind', 'source', 'reason', 'from', 'to'];

/** What could not be done, to be looked at, sent again or laid aside. */
export function DeadLettersPage() {
  const { query } = useStore(route);
  const filter = Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));
  const { status, cursor } = query;
  const list = useLoad(
    (signal) =>
      getJson(withQuery('api/v1/dead-letters', { limit: PER_PAGE, ...filter, status, cursor }), { signal }),
    [JSON.stringify([filter, status, cursor])],
    { keep: true },
  );
  useTopic('dead-letters', { onSnapshot: list.touch, onEvent: list.touch });
  const { data, error, loading } = list;
  const isFiltered = Object.keys(filter).length > 0 || status !== undefined;
  return html`<${PageTitle}
      title=${t('page.dead-letters')}
      actions=${html`<${BulkActions} filter=${filter} done=${list.reload} />`}
    />
    <${Panel} title=${t('dead.list')} className=${loading ? 'list loading-anew' : 'list'}>
      <${Filters} fields=${fields()} />
      <${Problem} error=${error} />
      ${
        data?.items.length > 0 &&
        html`<${Table}
          caption=${t('dead.list')}
          columns=${columns()}
          rows=${data.items}
          rowKey=${(letter) => letter.id}
          className="letters"
        />`
      }
      ${data?.items.length === 0 && !error && html`<${Empty} title=${t(isFiltered ? 'dead.noneMatch' : 'dead.none')}>${t(isFiltered ? 'tasks.noneMatchHint' : 'dead.noneHint')}<//>`}
      ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
      <${Pager}
        onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
        onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
      />
    <//>`;
}

function BulkActions({ filter, done }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  const input = { label: t('dead.reason'), required: true };
  const replay = () => act('dead.replay', 'api/v1/dead-letters/replay', filter).then(done);
  const discard = () =>
    act('dead.discard', 'api/v1/dead-letters/discard', filter, { danger: true, input }).then(done);
  return html`<${ActButton} act=${replay}>${t('dead.replayAll')}<//>
    <${ActButton} act=${discard}>${t('dead.discardAll')}<//>`;
}

const fields = () => [
  {
    name: 'status',
    label: t('filter.status'),
    kind: 'select',
    options: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
  },
  {
    name: 'kind',
    label: t('filter.kind'),
    kind: 'select',
    options: KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
  },
  { name: 'source', label: t('filter.source'), kind: 'text' },
  { name: 'reason', label: t('filter.reason'), kind: 'text' },
  { name: 'from', label: t('filter.from'), kind: 'moment' },
  { name: 'to', label: t('filter.to'), kind: 'moment' },
];

const columns = () => [
  { key: 'state', title: t('column.state'), render: (letter) => html`<${State} state=${letter.status} />` },
  {
    key: 'source',
    title: t('column.source'),
    head: true,
    render: (letter) => html`<a href=${href(`/dead-letters/${letter.id}`)}>${sourceName(letter)}</a>`,
  },
  { key: 'kind', title: t('column.kind'), render: (letter) => t(`kind.${letter.kind}`) },
  { key: 'reason', title: t('column.reason'), render: (letter) => html`<code>${letter.reason}</code>` },
  { key: 'error', title: t('column.error'), grow: true, render: (letter) => letter.error ?? '' },
  { key: 'attempts', title: t('column.tries'), numeric: true, render: (letter) => letter.attempts },
  {
    key: 'last',
    title: t('column.last'),
    numeric: true,
    render: (letter) => html`<${Time} at=${letter.last_at} />`,
  },
];
