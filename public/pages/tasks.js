import { ActButton } from '../components/button.js';
import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { call, withQuery } from '../core/api.js';
import { act } from '../core/bulk.js';
import { typeName } from '../core/format.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { TaskTable } from './task-table.js';
import { TaskTypes, useTaskTypes } from './task-types.js';

const PER_PAGE = 50;
const STATES = ['pending', 'in_work', 'completed', 'error', 'cancelled'];
const FILTERS = ['status', 'type', 'phone', 'error', 'correlation_id', 'from', 'to'];

/** Tasks, newest first, as they change; what is filtered stands in the address. */
export function TasksPage() {
  const { query } = useStore(route);
  const filter = Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));
  const key = JSON.stringify([filter, query.cursor]);
  const types = useTaskTypes();
  const list = useLoad((signal) => loadTasks({ ...filter, cursor: query.cursor }, signal), [key], {
    keep: true,
  });
  useTopic('tasks', {
    onSnapshot: list.touch,
    onEvent: ({ type, data }) => {
      if (type === 'task.progress') return;
      list.change((page) => ({
        ...page,
        tasks: page.tasks.map((task) => (task.task_id === data.task_id ? { ...task, ...data } : task)),
      }));
      list.touch();
      types.touch();
    },
  });
  const { data, error, loading } = list;
  return html`<${PageTitle} title=${t('page.tasks')} actions=${html`<${BulkActions} filter=${filter} />`} />
    <${TaskTypes} types=${types} />
    <${Panel} title=${t('tasks.list')} className=${loading ? 'list loading-anew' : 'list'}>
      <${Filters} fields=${fieldsOf(types.data)} />
      <${Problem} error=${error} nameOf=${fieldName} />
      <div aria-live="polite" class="hidden">${data ? t('tasks.shown', { n: data.tasks.length }) : ''}</div>
      ${data?.tasks.length > 0 && html`<${TaskTable} tasks=${data.tasks} />`}
      ${data?.tasks.length === 0 && !error && html`<${NoTasks} filtered=${Object.keys(filter).length > 0} />`}
      ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
      <${Pager}
        onFirst=${query.cursor && (() => setQuery({ cursor: undefined }))}
        onNext=${data?.next && (() => setQuery({ cursor: data.next }))}
      />
    <//>`;
}

async function loadTasks(query, signal) {
  const response = await call(withQuery('api/v1/tasks', { limit: PER_PAGE, ...query }), { signal });
  const next = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
  const { statuses } = await response.json();
  return { tasks: statuses, next: next && decodeURIComponent(next) };
}

function fieldsOf(types) {
  return [
    {
      name: 'status',
      label: t('filter.status'),
      kind: 'select',
      options: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
    },
    {
      name: 'type',
      label: t('filter.type'),
      kind: 'select',
      options: (types ?? []).map(({ type }) => ({ value: type, label: typeName(type) })),
    },
    { name: 'phone', label: t('filter.phone'), kind: 'number' },
    { name: 'error', label: t('filter.error'), kind: 'text' },
    { name: 'correlation_id', label: t('filter.correlation'), kind: 'text' },
    { name: 'from', label: t('filter.from'), kind: 'moment' },
    { name: 'to', label: t('filter.to'), kind: 'moment' },
  ];
}

/** `/query/phone` as the reader knows it. */
function fieldName(pointer) {
  const name = pointer.split('/').at(-1);
  const key = { correlation_id: 'correlation' }[name] ?? name;
  return t.optional(`filter.${key}`) ?? pointer;
}

function NoTasks({ filtered }) {
  if (filtered) return html`<${Empty} title=${t('tasks.noneMatch')}>${t('tasks.noneMatchHint')}<//>`;
  return html`<${Empty} title=${t('tasks.none')}><a href=${href('/report')}>${t('tasks.noneHint')}</a><//>`;
}

function BulkActions({ filter }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  return html`<${ActButton} act=${() => act('tasks.retry', 'api/v1/tasks/retry', filter)}
      >${t('tasks.retryAll')}<//
    >
    <${ActButton} act=${() => act('tasks.cancel', 'api/v1/tasks/cancel', filter, { danger: true })}
      >${t('tasks.cancelAll')}<//
    >`;
}
