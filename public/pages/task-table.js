import { CopyId } from '../components/copy-id.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { formatDuration, tookMs, typeName } from '../core/format.js';
import { href } from '../core/router.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** Tasks as a table, each leading to its page. */
export function TaskTable({ tasks }) {
  return html`<${Table}
    caption=${t('tasks.list')}
    columns=${columns()}
    rows=${tasks}
    rowKey=${(task) => task.task_id}
    className="tasks"
  />`;
}

const columns = () => [
  { key: 'state', title: t('column.state'), render: (task) => html`<${State} state=${task.task_status} />` },
  {
    key: 'name',
    title: t('column.task'),
    head: true,
    render: (task) => html`<a href=${href(`/tasks/${task.task_id}`)}>${typeName(task.task_name)}</a>`,
  },
  { key: 'id', title: t('column.id'), render: (task) => html`<${CopyId} id=${task.task_id} short />` },
  {
    key: 'received',
    title: t('column.received'),
    numeric: true,
    render: (task) => html`<${Time} at=${task.received} />`,
  },
  { key: 'took', title: t('column.took'), numeric: true, render: tookOf },
  { key: 'error', title: t('column.error'), grow: true, render: (task) => task.error_message ?? '' },
];

function tookOf({ received, completed }) {
  const ms = completed === null ? null : tookMs(received, completed);
  return ms === null ? html`<span class="soft">–</span>` : formatDuration(ms);
}
