import type { Clock } from '../../kernel/clock.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions } from '../../kernel/tx.js';
import type { EventLog } from '../../kernel/event.js';
import { WAITING_CHANNEL } from './create-task.js';
import type { EndTask } from './end-task.js';
import { partingDelayMs, retryDelayMs } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import type { Task } from './task.js';
import type { HandedOver, Outcome, TaskRunner } from './task-runner.js';
import { viewOf } from './task-view.js';
import type { TasksQueries } from './tasks.queries.js';
import { ATTEMPT_SUPERSEDED } from './refusals.js';
import type { TasksRepository } from './tasks.repository.js';

/** Lost processes that a task may see at its work before it is taken for their cause. */
export const MOST_LAPSES = 20;
/** So many are nobody's fault and cost no time; then pauses part the cause from those that were only near it. */
const LAPSES_WITHOUT_PAUSE = 2;

export interface SettleDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: TasksRepository;
  queries: TasksQueries;
  end: EndTask;
  owner: string;
  retry: RetryPolicy;
  /** A number in [0, 1). */
  random(): number;
}

/** Why an attempt was told to stop before its own end. */
export type Interruption = 'cancelled' | 'deadline' | 'lease-lost' | 'shutdown';

export type SettleAttempt = ReturnType<typeof createAttemptSettling>;

/** Writes what became of an attempt: an ending, or the way back among the waiting. */
export function createAttemptSettling(deps: SettleDeps) {
  return { settle, lapse, release };

  async function settle(
    task: Task,
    runner: TaskRunner,
    outcome: Outcome,
    interruption?: Interruption,
  ): Promise<void> {
    const actor = deps.owner;
    if (outcome.kind === 'completed') {
      const { result, extra } = outcome;
      return deps.end(task, { ending: 'completed', reason: 'completed', actor, result, extra });
    }
    if (interruption === 'cancelled') return deps.end(task, cancelledRunning(actor));
    if (interruption === 'deadline') return deps.end(task, deadlinePassed(actor));
    if (outcome.kind === 'elsewhere') return unlessCancelled(task, () => handOver(task, outcome));
    if (interruption === 'shutdown') return release(task, 'released at shutdown', 0);
    return settleFailure(task, runner, outcome);
  }

  async function settleFailure(
    task: Task,
    runner: TaskRunner,
    outcome: Extract<Outcome, { kind: 'failed' }>,
  ): Promise<void> {
    const failures = task.failures + 1;
    if (outcome.retryable && failures < runner.maxAttempts) {
      const delay = retryDelayMs(deps.retry, failures, deps.random());
      return release(task, `failed, tried again: ${outcome.message}`, delay, { failures });
    }
    const error = { code: outcome.code, message: outcome.message };
    const deadLetter = outcome.retryable;
    const reason = outcome.retryable ? `failed ${failures} times` : 'failed';
    return deps.end(task, { ending: 'error', reason, actor: deps.owner, error, deadLetter });
  }

  /**
   * An attempt whose process is gone: the next one takes over, unless too many were lost. The first counts in any case, so
   * that tasks that never saw one need no mark; later ones where the work had begun, as one that waited cannot be the cause.
   */
  async function lapse(task: Task): Promise<void> {
    if (task.lapses > 0 && !task.hasBegun) return release(task, 'lease lapsed before its work began', 0);
    const lapses = task.lapses + 1;
    if (lapses <= MOST_LAPSES) return release(task, 'lease lapsed', pauseAfter(lapses), { lapses });
    const error = {
      code: 'tasks.lost',
      message: `The process was lost ${lapses} times while it did this task`,
    };
    return deps.end(task, {
      ending: 'error',
      reason: 'lease lapsed too often',
      actor: deps.owner,
      error,
      deadLetter: true,
    });
  }

  function pauseAfter(lapses: number): number {
    const beyond = lapses - LAPSES_WITHOUT_PAUSE;
    return beyond > 0 ? partingDelayMs(deps.retry, beyond, deps.random()) : 0;
  }

  function release(
    task: Task,
    reason: string,
    delayMs: number,
    counts: { failures?: number; lapses?: number } = {},
  ): Promise<void> {
    return unlessCancelled(task, () => putBack(task, reason, delayMs, counts));
  }

  /** A cancel may have been asked for without this process having heard of it: then that is the end. */
  async function unlessCancelled(task: Task, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof TxConflict) || error.reason !== ATTEMPT_SUPERSEDED) throw error;
      const current = await deps.queries.get(task.id);
      if (current?.attempt !== task.attempt || !current.cancelRequested) throw error;
      await deps.end(task, cancelledRunning(deps.owner));
    }
  }

  async function handOver(task: Task, outcome: HandedOver): Promise<void> {
    const tx = deps.db.begin();
    deps.repository.handOver(tx, task, deps.owner);
    deps.repository.addHistory(tx, {
      task_id: task.id,
      at: deps.clock.now(),
      from_state: 'in_work',
      to_state: 'in_work',
      reason: outcome.reason,
      attempt: task.attempt,
      actor: deps.owner,
    });
    outcome.handOver(tx);
    await deps.db.commit(tx);
  }

  async function putBack(
    task: Task,
    reason: string,
    delayMs: number,
    counts: { failures?: number; lapses?: number },
  ): Promise<void> {
    const now = deps.clock.now();
    const tx = deps.db.begin();
    const { failures = task.failures, lapses = task.lapses } = counts;
    const change = { notBefore: now + delayMs, isDelayed: delayMs > 0, failures, lapses };
    deps.repository.release(tx, task, change);
    deps.repository.addHistory(tx, {
      task_id: task.id,
      at: now,
      from_state: 'in_work',
      to_state: 'pending',
      reason,
      attempt: task.attempt,
      actor: deps.owner,
    });
    const data = viewOf({ ...task, state: 'pending' });
    deps.events.append(tx, { type: 'task.retrying', subject: `tasks/${task.id}`, time: now, data });
    deps.db.nudgeAfter(tx, WAITING_CHANNEL);
    await deps.db.commit(tx);
  }
}

function cancelledRunning(actor: string) {
  return { ending: 'cancelled' as const, reason: 'cancelled while running', actor };
}

export function deadlinePassed(actor: string) {
  const error = { code: 'tasks.deadline-passed', message: 'The task did not end before its deadline' };
  return { ending: 'error' as const, reason: 'deadline passed', actor, error };
}

export function expired(actor: string) {
  const error = { code: 'tasks.expired', message: 'The task expired before it was started' };
  return { ending: 'error' as const, reason: 'expired', actor, error };
}
