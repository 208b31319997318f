import type { NewEvent } from '../../kernel/event.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Task, TaskState } from './task.js';
import { viewOf } from './task-view.js';
import type { TasksApi } from './tasks-api.js';
import type { TasksQueries } from './tasks.queries.js';

const NEWEST = 100;

/** The task object that REST shows, as JSON value. */
type TaskView = Record<string, unknown>;

/** What a subscriber of `tasks` sees first. */
interface TasksSnapshot {
  counts: Record<TaskState, number>;
  /** Newest first. */
  newest: TaskView[];
}

/** `tasks`: counts by state and the newest 100; `tasks.<id>`: the task object, ended or not. */
export function createTaskTopic(api: Pick<TasksApi, 'require' | 'list'>, queries: TasksQueries): LiveTopic {
  async function snapshot(): Promise<TasksSnapshot> {
    const [counted, listed] = await Promise.all([queries.countByState(), api.list({}, NEWEST)]);
    const counts = { pending: 0, in_work: 0, completed: 0, error: 0, cancelled: 0 };
    for (const { state, count } of counted) counts[state] = count;
    return { counts, newest: listed.items.map((task) => parsed(viewOf(task))) };
  }

  return {
    name: 'tasks',
    snapshot,
    snapshotOf: async (id) => parsed(viewOf(await api.require(id))),
  };
}

/** How far a running task is: the task object with its `progress`. Not stored. */
export function progressEvent(task: Task, done: number, total: number, now: number): NewEvent {
  const progress = JSON.stringify({ done, total });
  return {
    type: 'task.progress',
    subject: `tasks/${task.id}`,
    time: now,
    data: `${viewOf(task).slice(0, -1)},"progress":${progress}}`,
  };
}

function parsed(json: string): TaskView {
  return JSON.parse(json) as TaskView;
}
