import type { Uuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import type { CancelAnswer } from './cancel-task.js';
import type { NewTask, PreparedTask } from './create-task.js';
import type { AlsoStored, Idempotency } from './submit-task.js';
import type { Bulk } from './bulk.js';
import type { TaskTypeState } from './pause-type.js';
import type { RetriedBy } from './retry-task.js';
import type { NewBulk } from './start-bulk.js';
import type { Task, TaskResult } from './task.js';
import type { FinishedElsewhere } from './task-runner.js';
import type { TaskFilter, TaskPage } from './task-filter.js';
import type { HistoryEntry } from './tasks.queries.js';

export interface RetryOptions {
  /** Default: the trace of the old task. */
  trace?: TraceContext;
  idempotency?: Idempotency;
}

/** The ledger: every asynchronous job is a task here, whoever runs it. */
export interface TasksApi {
  /** Adds a new task to a transaction of the caller's. Throws `tasks.too-many-waiting`. */
  create(tx: Tx, task: NewTask): Task;
  /** A new task for `add`, with its outcome where its runner has that at once. */
  prepare(task: NewTask): Promise<PreparedTask>;
  /** Like `create`. The commit is refused with `tasks.type-paused` where a task that is done has a type that is paused. */
  add(tx: Tx, task: PreparedTask): Task;
  /** Stores a new task; the same scope, key and body give the first one again. */
  submit(task: NewTask, idempotency?: Idempotency, also?: AlsoStored): Promise<Task>;
  get(id: Uuid): Promise<Task | undefined>;
  /** Rejects with `tasks.not-found`, also for a malformed id, or `tasks.removed`. */
  require(id: string): Promise<Task>;
  /** An ended task that is in memory, with its result where that is too. Undefined says nothing of it. */
  ended(id: string): { task: Task; result: TaskResult | null | undefined } | undefined;
  /** Of a completed task. */
  result(id: Uuid): Promise<TaskResult | undefined>;
  history(id: Uuid): Promise<HistoryEntry[]>;
  /** Newest first. */
  list(filter: TaskFilter, limit: number): Promise<TaskPage>;
  /** Of `ids`, those that have ended. */
  endedAmong(ids: readonly Uuid[]): Promise<Uuid[]>;
  /**
   * Ends a task that was handed over (`isElsewhere`), in a transaction of the caller's; that fails as
   * `tasks.attempt-superseded` where it has ended meanwhile. Throws `tasks.not-elsewhere` for any other task.
   */
  finish(tx: Tx, task: Task, outcome: FinishedElsewhere, actor: string): void;
  /** Ends a task that waits in error, for a reason of its own module's. False where it waits no longer. */
  withdraw(task: Task, error: { code: string; message: string }, actor: string): Promise<boolean>;
  /** Rejects with `tasks.already-ended`. */
  cancel(task: Task, actor: string): Promise<CancelAnswer>;
  /**
   * Does a task that ended in error or cancelled again, as a new one. Rejects with `tasks.not-retriable`, and with
   * `tasks.retried-before`: a task is retried once, and then its retry may be.
   */
  retry(task: Task, actor: string, options?: RetryOptions): Promise<Task>;
  /** The same in a transaction of the caller's, which may still be refused (conflict) where another retry is faster. */
  addRetry(tx: Tx, task: Task, by: RetriedBy): Promise<Task>;
  /** How many tasks a bulk would be done to. */
  previewBulk(action: NewBulk['action'], filter: TaskFilter): Promise<number>;
  /** Retries or cancels all tasks that match, on and on, also after a restart. */
  startBulk(bulk: NewBulk): Promise<Bulk>;
  bulk(id: string): Promise<Bulk>;
  types(): Promise<TaskTypeState[]>;
  /** Starts no more tasks of a type, on any replica. Rejects with `tasks.type-not-found`. */
  pause(type: string, actor: string, reason: string | null): Promise<TaskTypeState>;
  resume(type: string, actor: string): Promise<TaskTypeState>;
  /** The task when it has ended, or as it is after `waitMs`. */
  awaitEnd(id: Uuid, waitMs: number, signal?: AbortSignal): Promise<Task>;
  /** Waiting and running tasks, the first at most a second old. */
  load(): { waiting: number; running: number };
}
