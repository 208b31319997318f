import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Progress } from '../components/progress.js';
import { State } from '../components/state.js';
import { Time } from '../components/time.js';
import { Timeline } from '../components/timeline.js';
import { tell } from '../components/toasts.js';
import { getJson, send } from '../core/api.js';
import { formatBytes, formatDuration, tookMs, typeName } from '../core/format.js';
import { href, navigate } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { REPORT_TASK, hasEnded, useTask } from '../core/task.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { ReportResult } from './report-result.js';

/** One task: where it is, what happened to it, what it came to. */
export function TaskPage({ id }) {
  const { task, history, progress, retries, error } = useTask(id);
  const name = task ? typeName(task.task_name) : t('page.task');
  return html`<p class="crumbs"><a href=${href('/tasks')}>${t('page.tasks')}</a></p>
    <${PageTitle} title=${name} actions=${task && html`<${Actions} task=${task} />`}>
      <p class="standing">
        ${task && html`<span role="status"><${State} state=${task.task_status} /></span>`}
        <${CopyId} id=${id} />
      </p>
    <//>
    <${Problem} error=${error} />
    ${
      task &&
      html`${task.error_message && html`<p class="problem">${task.error_message}</p>`}
        ${!hasEnded(task) && html`<${TaskProgress} task=${task} progress=${progress} />`}
        <div class="columns reversed">
          <div class="stack">
            ${task.task_status === 'completed' && task.task_name === REPORT_TASK && html`<${ReportResult} id=${id} />`}
            <${Panel} title=${t('task.raw')}>
              <details>
                <summary>${t('task.showRaw')}</summary>
                <pre tabindex="0">${JSON.stringify(task, null, 2)}</pre>
              </details>
            <//>
          </div>
          <div class="stack">
            <${Panel} title=${t('task.facts')}><${Facts} task=${task} retries=${retries} /><//>
            <${Panel} title=${t('task.history')}><${Timeline} entries=${history ?? []} /><//>
          </div>
        </div>`
    }`;
}

/** How far a task is that has not ended. */
export function TaskProgress({ task, progress }) {
  const label = t('task.progressOf', { name: typeName(task.task_name) });
  const isReport = task.task_name === REPORT_TASK;
  const known = progress && progress.total > 0;
  return html`<div class="panel task-progress">
    <${Progress} done=${progress?.done} total=${progress?.total} label=${label}>
      ${
        known && isReport
          ? t('task.bytes', { done: formatBytes(progress.done), total: formatBytes(progress.total) })
          : t(`task.is.${task.task_status}`)
      }
    <//>
  </div>`;
}

function Actions({ task }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  const path = `api/v1/tasks/${task.task_id}`;
  const cancel = async () => {
    const question = {
      title: t('task.cancelAsk'),
      body: t('task.cancelBody'),
      confirm: t('task.cancel'),
      danger: true,
    };
    if (!(await ask(question))) return;
    await send('POST', `${path}/cancel`);
    tell(t('task.cancelSent'));
  };
  const retry = async () => {
    const again = await send('POST', `${path}/retry`);
    tell(t('task.retried'));
    navigate(`/tasks/${again.task_id}`);
  };
  if (!hasEnded(task)) return html`<${ActButton} look="danger" act=${cancel}>${t('task.cancel')}<//>`;
  if (task.task_status === 'completed') return null;
  return html`<${ActButton} look="primary" act=${retry}>${t('task.retry')}<//>`;
}

function Facts({ task, retries }) {
  const took = task.completed === null ? null : tookMs(task.received, task.completed);
  return html`<dl class="facts">
    <div>
      <dt>${t('column.received')}</dt>
      <dd><${Time} at=${task.received} /></dd>
    </div>
    <div>
      <dt>${t('task.ended')}</dt>
      <dd><${Time} at=${task.completed} /></dd>
    </div>
    <div>
      <dt>${t('column.took')}</dt>
      <dd>${took === null ? '–' : formatDuration(took)}</dd>
    </div>
    <div>
      <dt>${t('task.name')}</dt>
      <dd><code>${task.task_name}</code></dd>
    </div>
    ${
      retries?.length > 0 &&
      html`<div>
        <dt>${t('task.retriedAs')}</dt>
        <dd>
          ${retries.map((retry) => html`<a href=${href(`/tasks/${retry.task_id}`)}><code>…${retry.task_id.slice(-8)}</code></a> `)}
        </dd>
      </div>`
    }
  </dl>`;
}
