import { AppError } from '../../kernel/errors.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { EndTask } from './end-task.js';
import type { Task } from './task.js';
import { hasEnded } from './task.js';
import type { TasksQueries } from './tasks.queries.js';
import { NOT_WAITING } from './tasks.repository.js';
import type { TasksRepository } from './tasks.repository.js';

export interface CancelTaskDeps {
  db: Database;
  queries: TasksQueries;
  repository: TasksRepository;
  end: EndTask;
  /** Stops the attempt at once where it runs in this process. */
  interrupt(id: Task['id']): void;
}

/** `cancelled`: it waited, and is now ended. `cancelling`: it runs, and was told to stop. */
export type CancelAnswer = 'cancelled' | 'cancelling';

/** Cancels a task on behalf of `actor`. Rejects with `tasks.already-ended` (conflict). */
export async function cancelTask(deps: CancelTaskDeps, task: Task, actor: string): Promise<CancelAnswer> {
  let current = task;
  // A waiting task may start, and a running one go back to waiting, between reading and writing.
  for (let tries = 0; tries < 5; tries++) {
    if (hasEnded(current.state)) throw alreadyEnded(current);
    const answer =
      current.state === 'pending'
        ? await cancelWaiting(deps, current, actor)
        : await cancelRunning(deps, current);
    if (answer) return answer;
    current = (await deps.queries.get(task.id)) ?? current;
  }
  throw new AppError('The task changes state too fast to be cancelled; try again', {
    code: 'tasks.busy',
    kind: 'unavailable',
    retryAfterS: 1,
  });
}

async function cancelWaiting(
  deps: CancelTaskDeps,
  task: Task,
  actor: string,
): Promise<CancelAnswer | undefined> {
  try {
    await deps.end(task, { ending: 'cancelled', reason: 'cancelled while waiting', actor });
    return 'cancelled';
  } catch (error) {
    if (error instanceof TxConflict && error.reason === NOT_WAITING) return undefined;
    throw error;
  }
}

async function cancelRunning(deps: CancelTaskDeps, task: Task): Promise<CancelAnswer | undefined> {
  const tx = deps.db.begin();
  const request = deps.repository.requestCancel(tx, task.id);
  deps.db.nudgeAfter(tx, TASKS_CHANNEL);
  if ((await deps.db.commit(tx)).changes(request) === 0) return undefined;
  deps.interrupt(task.id);
  return 'cancelling';
}

function alreadyEnded(task: Task): AppError {
  return new AppError(`The task has ended already: ${task.state}`, {
    code: 'tasks.already-ended',
    kind: 'conflict',
  });
}
