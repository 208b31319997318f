import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { isUuid, isUuidV7, timeOfUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { EndedTasks } from './ended-tasks.js';
import { hasEnded } from './task.js';
import type { Task, TaskResult } from './task.js';
import type { TasksQueries } from './tasks.queries.js';

export interface ReadTaskDeps {
  clock: Clock;
  queries: TasksQueries;
  ended: EndedTasks;
  keepMs: number;
}

/** Reads from memory what has ended, and keeps there what was read. */
export function createTaskReading({ clock, queries, ended, keepMs }: ReadTaskDeps) {
  return {
    /** Rejects with `tasks.not-found`, also for a malformed id, or `tasks.removed`. */
    async require(id: string): Promise<Task> {
      const known = ended.get(id)?.task;
      if (known) return known;
      const task = isUuid(id) ? await queries.get(id) : undefined;
      if (task && hasEnded(task.state)) ended.add(task, undefined);
      if (task) return task;
      throw isUuidV7(id) && timeOfUuid(id) < clock.now() - keepMs ? removed() : notFound();
    },

    async result(id: Uuid): Promise<TaskResult | undefined> {
      const known = ended.get(id)?.result;
      if (known !== undefined) return known ?? undefined;
      const result = await queries.result(id);
      ended.addResult(id, result ?? null);
      return result;
    },
  };
}

function notFound(): AppError {
  return new AppError('Task not found', { code: 'tasks.not-found', kind: 'not-found' });
}

function removed(): AppError {
  return new AppError('The task is older than what is kept', { code: 'tasks.removed', kind: 'gone' });
}
