import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions } from '../../kernel/tx.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { EndTask } from './end-task.js';
import type { Task } from './task.js';
import { hasEnded } from './task.js';
import type { TasksQueries } from './tasks.queries.js';
import { ATTEMPT_SUPERSEDED, NOT_WAITING } from './refusals.js';
import type { TasksRepository } from './tasks.repository.js';

export interface CancelTaskDeps {
  db: Transactions;
  clock: Clock;
  queries: TasksQueries;
  repository: TasksRepository;
  end: EndTask;
  /** Stops the attempt at once where it runs in this process. */
  interrupt(id: Task['id']): void;
}

/** `cancelled`: it waited or was handed over, and is now ended. `cancelling`: it runs, and was told to stop. */
export type CancelAnswer = 'cancelled' | 'cancelling';

/** Cancels a task on behalf of `actor`. Rejects with `tasks.already-ended` (conflict). */
export async function cancelTask(deps: CancelTaskDeps, task: Task, actor: string): Promise<CancelAnswer> {
  let current = task;
  // A waiting task may start, and a running one go back to waiting, between reading and writing.
  for (let tries = 0; tries < 5; tries++) {
    if (hasEnded(current.state)) throw alreadyEnded(current);
    const answer = await cancelIn[whereaboutsOf(current)](deps, current, actor);
    if (answer) return answer;
    current = (await deps.queries.get(task.id)) ?? current;
  }
  throw new AppError('The task changes state too fast to be cancelled; try again', {
    code: 'tasks.busy',
    kind: 'unavailable',
    retryAfterS: 1,
  });
}

type Cancel = (deps: CancelTaskDeps, task: Task, actor: string) => Promise<CancelAnswer | undefined>;

const cancelIn: Readonly<Record<'waiting' | 'running' | 'elsewhere', Cancel>> = {
  waiting: cancelWaiting,
  running: cancelRunning,
  elsewhere: cancelElsewhere,
};

function whereaboutsOf({ state, isElsewhere }: Task): keyof typeof cancelIn {
  if (state === 'pending') return 'waiting';
  return isElsewhere ? 'elsewhere' : 'running';
}

/** Nobody here works on it: it ends, and what comes back later finds it ended. */
async function cancelElsewhere(
  deps: CancelTaskDeps,
  task: Task,
  actor: string,
): Promise<CancelAnswer | undefined> {
  const ending = { ending: 'cancelled' as const, reason: 'cancelled while in work elsewhere', actor };
  return (await unlessMoved(deps.end(task, ending), ATTEMPT_SUPERSEDED)) ? 'cancelled' : undefined;
}

async function cancelWaiting(
  deps: CancelTaskDeps,
  task: Task,
  actor: string,
): Promise<CancelAnswer | undefined> {
  const ending = { ending: 'cancelled' as const, reason: 'cancelled while waiting', actor };
  return (await unlessMoved(deps.end(task, ending), NOT_WAITING)) ? 'cancelled' : undefined;
}

async function cancelRunning(
  deps: CancelTaskDeps,
  task: Task,
  actor: string,
): Promise<CancelAnswer | undefined> {
  if (!task.cancelRequested && !(await unlessMoved(request(deps, task, actor), ATTEMPT_SUPERSEDED))) {
    return undefined;
  }
  deps.interrupt(task.id);
  return 'cancelling';
}

/** Ends a task that waits in error. False where it waits no longer. */
export function withdrawTask(
  end: EndTask,
  task: Task,
  error: { code: string; message: string },
  actor: string,
): Promise<boolean> {
  if (task.state !== 'pending') return Promise.resolve(false);
  return unlessMoved(end(task, { ending: 'error', reason: 'withdrawn', actor, error }), NOT_WAITING);
}

async function request(deps: CancelTaskDeps, task: Task, actor: string): Promise<void> {
  const tx = deps.db.begin();
  deps.repository.requestCancel(tx, task);
  deps.repository.addHistory(tx, {
    task_id: task.id,
    at: deps.clock.now(),
    from_state: 'in_work',
    to_state: 'in_work',
    reason: 'cancel requested',
    attempt: task.attempt,
    actor,
  });
  deps.db.nudgeAfter(tx, TASKS_CHANNEL);
  await deps.db.commit(tx);
}

/** False where the task was no longer as it was read. */
async function unlessMoved(write: Promise<void>, reason: string): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof TxConflict && error.reason === reason) return false;
    throw error;
  }
}

function alreadyEnded(task: Task): AppError {
  return new AppError(`The task has ended already: ${task.state}`, {
    code: 'tasks.already-ended',
    kind: 'conflict',
  });
}
