import type { Logger } from '../../kernel/logger.js';
import type { Tx } from '../../kernel/tx.js';
import type { Ending, Task, TaskResult } from './task.js';

export interface CompletedOutcome {
  kind: 'completed';
  result: TaskResult;
  /** Handed to `ended`, not stored. */
  extra?: unknown;
}

/** What an attempt came to. A refusal by the other side that no retry mends is `failed` without `retryable`. */
export type Outcome =
  CompletedOutcome | { kind: 'failed'; code: string; message: string; retryable: boolean } | HandedOver;

/**
 * The work goes on outside of this process, for as long as it takes. The attempt is over: its slot is free, its lease given
 * up, and no restart or takeover begins it again. The task stays in work, and its lane busy, until `TasksApi.finish`, a
 * cancel or its deadline ends it.
 */
export interface HandedOver {
  kind: 'elsewhere';
  /** Into the history: `handed to the configurator`. */
  reason: string;
  /** Adds what hands the work over to the transaction that gives the lease up: both happen, or neither. May be called again. */
  handOver: (tx: Tx) => void;
}

/** What came back of a task that was handed over. */
export type FinishedElsewhere = CompletedOutcome | { kind: 'failed'; code: string; message: string };

export interface AttemptContext {
  /** Aborts on cancel, deadline, a lost lease and shutdown. The runner then ends soon, by any outcome. */
  signal: AbortSignal;
  /**
   * Called by a runner that `beginsLater` when what it waited for is there, and awaited before it does anything that could
   * take the process down: what is lost earlier was not the cause. Any number of times. Rejects where the attempt is over.
   */
  begin: () => Promise<void> | undefined;
  log: Logger;
  /** Tells whoever watches how far it is; not stored. */
  progress: (done: number, total: number) => void;
}

export interface EndedTask {
  task: Task;
  ending: Ending;
  result: TaskResult | null;
  errorMessage: string | null;
  /** What the completed outcome carried. */
  extra: unknown;
}

/** How tasks of one type are done. */
export interface TaskRunner {
  type: string;
  /** Attempts at the same time in this process. */
  concurrency: number;
  /** Attempts in all, for failures that are retryable. */
  maxAttempts: number;
  /** `run` may wait, for a turn say, and calls `context.begin` when its work begins. Default: that is at once. */
  beginsLater?: boolean;
  run(task: Task, context: AttemptContext): Promise<Outcome>;
  /**
   * The outcome of a task that needs no work, within milliseconds; undefined where it needs some, or nobody can say. Asked
   * before the task is stored: it is then created and completed by one transaction, without a slot. Never rejects.
   */
  atOnce?(task: Task): Promise<CompletedOutcome | undefined>;
  /**
   * The payload of the task that does `task` again; default: the same. Throws an `AppError` (conflict) where that cannot be:
   * a secret in it is no longer kept, say.
   */
  retried?(task: Task): string;
  /** What is kept of the payload once the task has ended; default: all. Secrets go here. */
  keptPayload?(task: Task): string;
  /** Adds to the transaction in which the task ends, whichever way: the outgoing answer, say. */
  ended?(tx: Tx, ended: EndedTask): void;
}
