import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { Empty } from '../components/empty.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { send } from '../core/api.js';
import { href, navigate } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { hasEnded, useTask } from '../core/task.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { ReportForm } from './report-form.js';
import { ReportResult } from './report-result.js';
import { TaskProgress } from './task.js';

/** Asks for a report, and shows it as it comes: the address names it, so that it can be opened again. */
export function ReportPage({ id }) {
  const mayAsk = may(useStore(caller), 'operator');
  return html`<${PageTitle} title=${t('page.report')} />
    <div class=${mayAsk ? 'report' : ''}>
      ${mayAsk && html`<${ReportForm} accepted=${(task) => navigate(`/report/${task.task_id}`)} />`}
      <div class="report-side">
        ${
          id
            ? html`<${Run} key=${id} id=${id} />`
            : html`<${Panel} title=${t('report.result')}
                ><${Empty} title=${t('report.none')}
                  >${t(mayAsk ? 'report.noneHint' : 'report.notAllowed')}<//
                ><//
              >`
        }
      </div>
    </div>`;
}

function Run({ id }) {
  const { task, progress, error } = useTask(id);
  if (!task) return html`<${Problem} error=${error} />`;
  return html`<p class="standing">
      <span role="status"
        ><${State} state=${task.task_status} label=${t(`report.is.${task.task_status}`)}
      /></span>
      <a href=${href(`/tasks/${id}`)}>${t('page.task')}</a>
      <${CopyId} id=${id} short />
    </p>
    <${Problem} error=${error} />
    ${
      !hasEnded(task) &&
      html`<${TaskProgress} task=${task} progress=${progress} />
        <${ActButton} act=${() => send('POST', `api/v1/tasks/${id}/cancel`)}>${t('task.cancel')}<//>`
    }
    ${task.error_message && html`<p class="problem">${task.error_message}</p>`}
    ${task.task_status === 'completed' && html`<${ReportResult} id=${id} />`}`;
}
