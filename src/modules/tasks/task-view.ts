import { toRfc3339 } from '../../kernel/clock.js';
import type { Task, TaskState } from './task.js';

/** The content type of a view. */
export const VIEW_TYPE = 'application/json; charset=utf-8';

/** What a view is made of. */
export type TaskFacts = Pick<Task, 'id' | 'type' | 'state' | 'createdAt' | 'endedAt' | 'errorMessage'>;

/**
 * The part of a task object that never changes, as JSON text without braces. It is stored with the task, so
 * that events can be written by the very statement that changes a state.
 */
export function viewHead(task: Pick<Task, 'id' | 'type' | 'createdAt'>): string {
  return `"task_id":"${task.id}","task_name":${JSON.stringify(task.type)},"received":"${toRfc3339(task.createdAt)}"`;
}

/** The two constant ends between which SQL puts `view_head` for a task that has not ended. */
export function openViewFrame(state: TaskState): { before: string; after: string } {
  return { before: `{"task_status":"${state}",`, after: ',"completed":null,"error_message":null}' };
}

/** The task object that REST and events show, as JSON text. */
export function viewOf(task: TaskFacts): string {
  const completed = task.endedAt === null ? 'null' : `"${toRfc3339(task.endedAt)}"`;
  const message = task.errorMessage === null ? 'null' : JSON.stringify(task.errorMessage);
  return `{"task_status":"${task.state}",${viewHead(task)},"completed":${completed},"error_message":${message}}`;
}

/** Changes with every change of state. */
export function etagOf(task: Pick<Task, 'state' | 'attempt'>): string {
  return `"${task.state}-${task.attempt}"`;
}
