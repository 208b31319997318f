import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Progress } from '../components/progress.js';
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
import { BatchForm } from './batch-form.js';

const PER_PAGE = 50;
const STATES = ['running', 'paused', 'stopped', 'cancelling', 'completed', 'cancelled'];

/** Batches, newest first, as they move; and the form for a new one. */
export function BatchesPage() {
  const { state, cursor } = useStore(route).query;
  const list = useLoad(
    (signal) =>
      getJson(withQuery('api/v1/equipment/batches', { limit: PER_PAGE, state, cursor }), { signal }),
    [state, cursor],
    { keep: true },
  );
  useTopic('equipment-batches', {
    onSnapshot: list.touch,
    onEvent: ({ type, data: told }) => {
      const changed = (batch) => (batch.batch_id === told.batch_id ? told : batch);
      list.change((page) => ({ ...page, items: page.items.map(changed) }));
      if (type !== 'equipment.batch-progress') list.touch();
    },
  });
  const { data, error, loading } = list;
  return html`<${PageTitle} title=${t('page.batches')} />
    <div class="columns reversed">
      <${Panel} title=${t('batches.list')} className=${loading ? 'list loading-anew' : 'list'}>
        <${Filters} fields=${fields()} />
        <${Problem} error=${error} />
        ${
          data?.items.length > 0 &&
          html`<${Table}
            caption=${t('batches.list')}
            columns=${columns()}
            rows=${data.items}
            rowKey=${(batch) => batch.batch_id}
            className="batches"
          />`
        }
        ${data?.items.length === 0 && !error && html`<${Empty} title=${t(state ? 'batches.noneMatch' : 'batches.none')}>${t(state ? 'tasks.noneMatchHint' : 'batches.noneHint')}<//>`}
        ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
        <${Pager}
          onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
          onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
        />
      <//>
      <${BatchForm} />
    </div>`;
}

const fields = () => [
  {
    name: 'state',
    label: t('filter.status'),
    kind: 'select',
    options: STATES.map((value) => ({ value, label: t(`batch.is.${value}`) })),
  },
];

const columns = () => [
  {
    key: 'state',
    title: t('column.state'),
    render: ({ state }) => html`<${State} state=${state} label=${t(`batch.is.${state}`)} />`,
  },
  {
    key: 'name',
    title: t('column.name'),
    head: true,
    render: ({ batch_id: id, name }) =>
      html`<a href=${href(`/batches/${id}`)}>${name ?? html`<code>…${id.slice(-8)}</code>`}</a>`,
  },
  {
    key: 'progress',
    title: t('batches.done'),
    grow: true,
    render: (batch) => html`<${BatchProgress} batch=${batch} />`,
  },
  { key: 'failed', title: t('batches.failed'), numeric: true, render: ({ counts }) => counts.failed },
  {
    key: 'created',
    title: t('column.created'),
    numeric: true,
    render: ({ created_at: at }) => html`<${Time} at=${at} />`,
  },
];

/** How many of a batch's devices have ended. */
export function BatchProgress({ batch }) {
  const { completed, failed, cancelled } = batch.counts;
  const done = completed + failed + cancelled;
  const label = t('task.progressOf', { name: batch.name ?? batch.batch_id });
  return html`<${Progress} done=${done} total=${batch.devices} label=${label}>
    ${t('batches.doneOf', { done, total: batch.devices })}
  <//>`;
}
