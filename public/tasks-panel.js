import { callJson } from './api.js';
import { byId, formatNow, formatSeconds, make, setBadge, setText, setTime } from './dom.js';
import { poll } from './poll.js';

const EVERY_MS = 2_000;
const SHOWN = 20;
const NAMES = { aggregate_calls: 'Call report' };

/** The newest tasks, kept up to date. Returns a function that asks at once. */
export function showTasks() {
  return poll(EVERY_MS, async () => {
    try {
      const { statuses } = await callJson(`api/v1/tasks?limit=${SHOWN}`);
      showRows(statuses);
      setText(byId('tasks-note'), `As of ${formatNow()}`);
    } catch (error) {
      setText(byId('tasks-note'), `${error.message}${error.mayPass ? ' Trying again…' : ''}`);
      throw error;
    }
  });
}

/** Rows are known by their task: those that stay are not moved, so focus stays where it is. */
function showRows(tasks) {
  const list = byId('tasks');
  const wanted = new Set(tasks.map((task) => task.task_id));
  const kept = new Map();
  for (const row of [...list.children]) {
    if (wanted.has(row.dataset.task)) kept.set(row.dataset.task, row);
    else row.remove();
  }
  let next = list.firstElementChild;
  for (const task of tasks) {
    const row = kept.get(task.task_id) ?? taskRow(task);
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
    update(row, task);
  }
  byId('tasks-empty').hidden = tasks.length > 0;
}

function taskRow(task) {
  const row = make('li');
  row.dataset.task = task.task_id;
  const id = make('code', 'id', task.task_id);
  const name = make('span', 'name', NAMES[task.task_name] ?? task.task_name);
  const link = make('a', 'open', 'Open report');
  link.href = `#report/${task.task_id}`;
  link.setAttribute('aria-label', `Open report ${task.task_id}`);
  link.hidden = true;
  row.append(make('span', 'badge'), name, make('time'), make('span', 'took'), link, id, make('span', 'why'));
  return row;
}

function update(row, task) {
  const [badge, , received, took, link, , why] = row.children;
  setBadge(badge, task.task_status);
  setTime(received, task.received);
  const ms = task.completed === null ? null : Date.parse(task.completed) - Date.parse(task.received);
  setText(took, ms === null ? '' : `took ${formatSeconds(ms / 1000)}`);
  link.hidden = !(task.task_name === 'aggregate_calls' && task.task_status === 'completed');
  setText(why, task.error_message ?? '');
}
