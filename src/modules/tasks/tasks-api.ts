import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { CancelAnswer } from './cancel-task.js';
import type { NewTask } from './create-task.js';
import type { Idempotency } from './submit-task.js';
import type { ListedTask, Task, TaskResult } from './task.js';
import type { HistoryEntry, TaskFilter } from './tasks.queries.js';

/** The ledger: every asynchronous job is a task here, whoever runs it. */
export interface TasksApi {
  /** Adds a new task to a transaction of the caller's. Throws `tasks.too-many-waiting`. */
  create(tx: Tx, task: NewTask): Task;
  /** Stores a new task; the same scope, key and body give the first one again. */
  submit(task: NewTask, idempotency?: Idempotency): Promise<Task>;
  get(id: Uuid): Promise<Task | undefined>;
  /** Rejects with `tasks.not-found`, also for a malformed id, or `tasks.removed`. */
  require(id: string): Promise<Task>;
  /** An ended task that is in memory, with its result where that is too. Undefined says nothing of it. */
  ended(id: string): { task: Task; result: TaskResult | null | undefined } | undefined;
  /** Of a completed task. */
  result(id: Uuid): Promise<TaskResult | undefined>;
  history(id: Uuid): Promise<HistoryEntry[]>;
  /** Newest first. */
  list(filter: TaskFilter, limit: number): Promise<ListedTask[]>;
  /** Rejects with `tasks.already-ended`. */
  cancel(task: Task, actor: string): Promise<CancelAnswer>;
  /** The task when it has ended, or as it is after `waitMs`. */
  awaitEnd(id: Uuid, waitMs: number, signal?: AbortSignal): Promise<Task>;
  /** Waiting and running tasks, the first at most a second old. */
  load(): { waiting: number; running: number };
}
