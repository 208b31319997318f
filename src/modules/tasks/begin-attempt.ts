import type { Clock } from '../../kernel/clock.js';
import { sleep } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions } from '../../kernel/tx.js';
import type { Task } from './task.js';
import type { TasksRepository } from './tasks.repository.js';

const PAUSE_MS = 500;

export interface BeginAttemptDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: Pick<TasksRepository, 'begin'>;
  owner: string;
}

/** Undefined where there is nothing to wait for. */
export type BeginAttempt = (task: Task, signal: AbortSignal) => Promise<void> | undefined;

/**
 * Writes down that an attempt begins its work, so that a process that is lost from here on counts against the task, and one
 * lost before does not. Only for tasks that were lost with a process once: all others begin without a write. While the
 * database is away it waits, as it must be known before; rejects (conflict) when the attempt is over.
 */
export function createBeginAttempt(deps: BeginAttemptDeps): BeginAttempt {
  return (task, signal) => (task.lapses === 0 ? undefined : markSurely(deps, task, signal));
}

async function markSurely(deps: BeginAttemptDeps, task: Task, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await mark(deps, task);
    } catch (error) {
      if (error instanceof TxConflict) break;
      const fields = { task_id: task.id, attempt: task.attempt, error: messageOf(error) };
      deps.log.warn(fields, 'a beginning could not be stored; trying again');
      await sleep(deps.clock, PAUSE_MS, signal);
    }
  }
  throw new AppError('The attempt was over before its work began', {
    code: 'tasks.interrupted',
    kind: 'conflict',
  });
}

async function mark({ db, repository, owner }: BeginAttemptDeps, task: Task): Promise<void> {
  const tx = db.begin();
  repository.begin(tx, task, owner);
  await db.commit(tx);
}
