import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { call, getJson, send, withQuery } from '../core/api.js';
import { formatNumber } from '../core/format.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { saveFile } from '../core/save.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { BatchProgress } from './batches.js';

const PER_PAGE = 50;
const ITEM_STATES = ['waiting', 'running', 'completed', 'failed', 'cancelled'];
/** What can be done to a batch in each state. */
const ACTS = {
  running: ['pause', 'cancel'],
  paused: ['resume', 'retry', 'cancel'],
  stopped: ['resume', 'retry', 'cancel'],
};

/** One batch as it moves: how far it is, what can be done to it, and each of its devices. */
export function BatchPage({ id }) {
  const path = `api/v1/equipment/batches/${encodeURIComponent(id)}`;
  const { state, cursor } = useStore(route).query;
  const { data: batch, error, change } = useLoad((signal) => getJson(path, { signal }), [id]);
  const items = useLoad(
    (signal) => getJson(withQuery(`${path}/items`, { limit: PER_PAGE, state, cursor }), { signal }),
    [id, state, cursor],
    { keep: true },
  );
  const told = (now) => {
    change(() => now);
    items.touch();
  };
  useTopic(`equipment-batches.${id}`, { onSnapshot: told, onEvent: ({ data }) => told(data) });
  return html`<p class="crumbs"><a href=${href('/batches')}>${t('page.batches')}</a></p>
    <${PageTitle}
      title=${batch?.name ?? t('batches.one')}
      actions=${batch && html`<${Actions} batch=${batch} path=${path} done=${told} />`}
    >
      <p class="standing">
        ${batch && html`<span role="status"><${State} state=${batch.state} label=${t(`batch.is.${batch.state}`)} /></span>`}
        <${CopyId} id=${id} />
      </p>
    <//>
    <${Problem} error=${error} />
    ${batch?.state === 'stopped' && html`<p class="problem">${batch.reason}</p>`}
    ${
      batch &&
      html`<div class="panel task-progress"><${BatchProgress} batch=${batch} /></div>
        <div class="columns reversed">
          <${Items} items=${items} />
          <${Panel} title=${t('task.facts')}><${Facts} batch=${batch} /><//>
        </div>`
    }`;
}

function Actions({ batch, path, done }) {
  const who = useStore(caller);
  const save = async () => {
    const response = await call(`${path}/result`, { headers: { Accept: 'text/csv' } });
    saveFile(await response.blob(), `${batch.name ?? 'batch'}-${batch.batch_id.slice(-8)}.csv`);
  };
  const acts = (may(who, 'operator') && ACTS[batch.state]) || [];
  const possible = acts.filter((name) => name !== 'retry' || batch.counts.failed > 0);
  return html`${possible.map((name) => html`<${Act} key=${name} name=${name} path=${path} done=${done} />`)}
    <${ActButton} act=${save}>${t('batches.csv')}<//>`;
}

function Act({ name, path, done }) {
  const act = async () => {
    const question = {
      title: t(`batch.${name}.ask`),
      body: t(`batch.${name}.body`),
      confirm: t(`batch.${name}`),
      danger: name === 'cancel',
      input: { label: t('batches.why') },
    };
    const answer = await ask(question);
    if (!answer) return;
    done(await send('POST', `${path}/${name}`, answer.text === '' ? {} : { reason: answer.text }));
    tell(t(`batch.${name}.done`));
  };
  const look = { resume: 'primary', cancel: 'danger' }[name];
  return html`<${ActButton} look=${look} act=${act}>${t(`batch.${name}`)}<//>`;
}

function Facts({ batch }) {
  const { counts, canary } = batch;
  return html`<dl class="facts">
    ${ITEM_STATES.map(
      (state) =>
        html`<div key=${state}>
          <dt>${t(`batch.item.${state}`)}</dt>
          <dd>${formatNumber(counts[state])}</dd>
        </div>`,
    )}
    <div>
      <dt>${t('batches.canary')}</dt>
      <dd>
        ${canary.devices === 0 ? t('batches.noCanary') : t(canary.passed ? 'batches.canaryPassed' : 'batches.canaryOpen', { n: canary.devices })}
      </dd>
    </div>
    <div>
      <dt>${t('batches.share')}</dt>
      <dd>${t('unit.percent', { n: batch.stop_at_failure_share * 100 })}</dd>
    </div>
    <div>
      <dt>${t('column.created')}</dt>
      <dd><${Time} at=${batch.created_at} /> <span class="soft">${batch.created_by}</span></dd>
    </div>
    <div>
      <dt>${t('batches.changed')}</dt>
      <dd>
        <${Time} at=${batch.changed_at} />${' '}
        <span class="soft">${[batch.changed_by, batch.reason].filter(Boolean).join(' · ')}</span>
      </dd>
    </div>
    <div>
      <dt>${t('task.ended')}</dt>
      <dd><${Time} at=${batch.ended_at} /></dd>
    </div>
  </dl>`;
}

function Items({ items }) {
  const { state, cursor } = useStore(route).query;
  const { data, error, loading } = items;
  return html`<${Panel} title=${t('batches.items')} className=${loading ? 'list loading-anew' : 'list'}>
    <${Filters} fields=${fields()} />
    <${Problem} error=${error} />
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('batches.items')}
        columns=${columns()}
        rows=${data.items}
        rowKey=${(item) => item.position}
      />`
    }
    ${data?.items.length === 0 && !error && html`<${Empty} title=${t('devices.noneMatch')}>${state && t('tasks.noneMatchHint')}<//>`}
    <${Pager}
      onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
      onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
    />
  <//>`;
}

const fields = () => [
  {
    name: 'state',
    label: t('filter.status'),
    kind: 'select',
    options: ITEM_STATES.map((value) => ({ value, label: t(`batch.item.${value}`) })),
  },
];

const columns = () => [
  {
    key: 'state',
    title: t('column.state'),
    render: ({ state }) => html`<${State} state=${state} label=${t(`batch.item.${state}`)} />`,
  },
  {
    key: 'id',
    title: t('devices.device'),
    head: true,
    render: ({ equipment_id: id }) => html`<a href=${href(`/devices/${id}`)}><code>${id}</code></a>`,
  },
  { key: 'error', title: t('devices.message'), grow: true, render: ({ message }) => message ?? '' },
  { key: 'attempts', title: t('column.tries'), numeric: true, render: ({ attempts }) => attempts },
  {
    key: 'task',
    title: t('column.task'),
    render: ({ task_id: id }) =>
      id && html`<a href=${href(`/tasks/${id}`)}><code>…${id.slice(-8)}</code></a>`,
  },
];
