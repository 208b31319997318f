import { Empty } from '../components/empty.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Progress } from '../components/progress.js';
import { State } from '../components/state.js';
import { Time } from '../components/time.js';
import { getJson } from '../core/api.js';
import { formatDuration, formatNumber, typeName } from '../core/format.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { withSample } from '../core/overview-state.js';
import { href } from '../core/router.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useState } from '../vendor.js';
import { OverviewPlots } from './overview-plots.js';

/** How the whole system is, now and over the last hour. */
export function OverviewPage() {
  const { data, error } = useLoad((signal) => getJson('api/v1/system/overview', { signal }), []);
  const [overview, setOverview] = useState(undefined);
  useEffect(() => data && setOverview((told) => told ?? data), [data]);
  useTopic('system', {
    onSnapshot: setOverview,
    onEvent: ({ data: sample }) => setOverview((before) => withSample(before, sample)),
  });
  return html`<${PageTitle} title=${t('page.overview')}>
      ${overview && html`<${Standing} overview=${overview} />`}
    <//>
    ${error && html`<${Problem} error=${error} />`}
    <${Figures} overview=${overview} />
    <${OverviewPlots} overview=${overview} />
    <div class="columns thirds">
      <${Running} overview=${overview} />
      <${Parts} overview=${overview} />
      <${Queues} overview=${overview} />
    </div>`;
}

function Standing({ overview }) {
  return html`<p class="standing">
    <span role="status"><${State} state=${overview.status} label=${t(`standing.${overview.status}`)} /></span>
    <span class="soft"
      >${t('overview.version', { version: overview.version })} · ${t('overview.since')}${' '}<${Time}
        at=${overview.started_at}
    /></span>
  </p>`;
}

function Figures({ overview }) {
  const tasks = overview?.tasks;
  const last = overview?.minutes.at(-1);
  const workers = overview?.workers;
  const figures = [
    { key: 'waiting', value: tasks?.waiting, link: href('/tasks', { status: 'pending' }) },
    { key: 'running', value: tasks?.running, link: href('/tasks', { status: 'in_work' }) },
    { key: 'completed', value: tasks?.completed, link: href('/tasks', { status: 'completed' }) },
    {
      key: 'failed',
      value: tasks?.failed,
      link: href('/tasks', { status: 'error' }),
      bad: tasks?.failed > 0,
    },
    { key: 'latency', value: latestLatency(overview), format: formatDuration },
    { key: 'loop', value: last?.loop_delay_ms, format: formatDuration },
    {
      key: 'workers',
      value: workers && t('figure.workersOf', { busy: workers.busy, threads: workers.threads }),
    },
  ];
  return html`<dl class="figures">
    ${figures.map(({ key, value, link, bad, format = shown }) => {
      const text = value === undefined || value === null ? '–' : format(value);
      return html`<div key=${key} class=${bad ? 'bad' : ''}>
        <dt>${t(`figure.${key}`)}</dt>
        <dd>${link ? html`<a href=${link}>${text}</a>` : text}</dd>
      </div>`;
    })}
  </dl>`;
}

function shown(value) {
  return typeof value === 'number' ? formatNumber(value) : value;
}

/** Of the newest minute in which something ended. */
function latestLatency(overview) {
  return overview?.minutes.findLast((minute) => minute.latency_p95_ms !== null)?.latency_p95_ms;
}

function Running({ overview }) {
  const running = overview?.running ?? [];
  const more = overview ? overview.tasks.running - running.length : 0;
  return html`<${Panel} title=${t('overview.running')} className="running">
    ${
      overview &&
      running.length === 0 &&
      html`<${Empty} title=${t('overview.nothingRuns')}>
        <a href=${href('/report')}>${t('overview.startReport')}</a>
      <//>`
    }
    <ul class="rows">
      ${running.map((task) => html`<${RunningTask} key=${task.task_id} task=${task} now=${overview.at} />`)}
    </ul>
    ${more > 0 && html`<p class="soft">${t('overview.moreRunning', { n: more })}</p>`}
  <//>`;
}

function RunningTask({ task, now }) {
  const [told, setTold] = useState(null);
  useTopic(`tasks.${task.task_id}`, {
    onEvent: ({ type, data }) => type === 'task.progress' && setTold(data.progress),
  });
  const { done, total } = told ?? task.progress ?? {};
  const name = typeName(task.task_name);
  const said = [
    t('overview.for', { duration: formatDuration(sinceMs(task, now)) }),
    task.attempt > 1 && t('task.attempt', { n: task.attempt }),
  ];
  return html`<li class="running-task">
    <a href=${href(`/tasks/${task.task_id}`)}>${name} <code>…${task.task_id.slice(-8)}</code></a>
    <span class="soft">${said.filter(Boolean).join(' · ')}</span>
    <${Progress} done=${done} total=${total} label=${t('task.progressOf', { name })} />
  </li>`;
}

function sinceMs({ started, received }, now) {
  return Math.max(0, Date.parse(now) - Date.parse(started ?? received));
}

function Parts({ overview }) {
  return html`<${Panel} title=${t('overview.parts')}>
    <ul class="rows parts">
      ${(overview?.parts ?? []).map(
        ({ name, status, detail }) =>
          html`<li key=${name}>
            <span>${t.optional(`part.${name}`) ?? name}</span>
            <${State} state=${status} />
            ${detail && html`<span class="hint">${detail}</span>`}
          </li>`,
      )}
    </ul>
  <//>`;
}

function Queues({ overview }) {
  const queues = overview?.queues ?? [];
  const deepest = Math.max(1, ...queues.map(({ depth }) => depth));
  return html`<${Panel} title=${t('overview.queues')}>
    <ul class="rows queues">
      ${queues.map(
        ({ name, depth }) =>
          html`<li key=${name}>
            <span>${t.optional(`queue.${name}`) ?? html`<code>${name}</code>`}</span>
            <svg class="depth" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${(100 * depth) / deepest} height="4" />
            </svg>
            <b>${formatNumber(depth)}</b>
          </li>`,
      )}
    </ul>
  <//>`;
}
