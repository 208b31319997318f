import { AppError } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import { submitTask } from './submit-task.js';
import type { Idempotency, SubmitDeps } from './submit-task.js';
import type { ListedTask, Priority, Task } from './task.js';
import { PRIORITIES } from './task.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksRepository } from './tasks.repository.js';

/** What a task can be retried from. */
export const RETRIABLE = ['error', 'cancelled'] as const;

export interface RetryTaskDeps extends SubmitDeps {
  repository: TasksRepository;
  runnerOf: (type: string) => TaskRunner | undefined;
}

/** Who retries, and in which trace; default: the trace of the old task. */
export interface RetriedBy {
  actor: string;
  trace?: TraceContext | undefined;
}

/**
 * Does an ended task again, as a new one with `retryOf`; durable when it resolves. Rejects with `tasks.not-retriable` where
 * it has not ended in error or cancelled, and with `tasks.retried-before` where a later task does it already (conflicts).
 */
export async function retryTask(
  deps: RetryTaskDeps,
  task: Task,
  by: RetriedBy,
  idempotency?: Idempotency,
): Promise<Task> {
  const create = (tx: Tx, old: Task): Task => addRetry(deps, tx, old, by);
  try {
    return await submitTask({ ...deps, create }, task, idempotency);
  } catch (error) {
    // The index over `retry_of` lets one through, however many try at once.
    if (error instanceof AppError && error.kind === 'conflict') await refuseSecond(deps, task.id);
    throw error;
  }
}

/** Rejects with `tasks.retried-before` where a later task does `id` again. */
export async function refuseSecond({ queries }: Pick<RetryTaskDeps, 'queries'>, id: Uuid): Promise<void> {
  const retry = await queries.retryOf(id);
  if (retry === undefined) return;
  const message = `The task was retried before, as ${retry}`;
  throw new AppError(message, { code: 'tasks.retried-before', kind: 'conflict' });
}

/** Adds the new task to a transaction, and to the old one's history by whom it was retried. Throws `tasks.not-retriable`. */
export function addRetry(deps: RetryTaskDeps, tx: Tx, task: Task, { actor, trace }: RetriedBy): Task {
  if (!isRetriable(task)) throw notRetriable(task);
  const now = deps.clock.now();
  const retry = deps.create(tx, {
    type: task.type,
    payload: deps.runnerOf(task.type)?.retried?.(task) ?? task.payload,
    source: task.source,
    createdBy: actor,
    trace: trace ?? { requestId: task.requestId, traceparent: task.traceparent },
    priority: priorityOf(task),
    deadlineAt: now + (task.deadlineAt - task.createdAt),
    retryOf: task.id,
    ...(task.lane !== null && { lane: task.lane }),
    ...(task.expiresAt !== null && { expiresAt: now + (task.expiresAt - task.createdAt) }),
    ...(task.correlationId !== null && { correlationId: task.correlationId }),
  });
  deps.repository.copyKeys(tx, task.id, retry.id);
  deps.repository.addHistory(tx, {
    task_id: task.id,
    at: now,
    from_state: task.state,
    to_state: task.state,
    reason: `retried as ${retry.id}`,
    attempt: task.attempt,
    actor,
  });
  return retry;
}

function isRetriable({ state }: Task): boolean {
  return RETRIABLE.some((one) => one === state);
}

function notRetriable({ state }: Task): AppError {
  const message = `Only a task that ended in error or cancelled can be retried; this one is ${state}`;
  return new AppError(message, { code: 'tasks.not-retriable', kind: 'conflict' });
}

function priorityOf(task: ListedTask): Priority {
  const names = Object.keys(PRIORITIES) as Priority[];
  return names.find((name) => PRIORITIES[name] === task.priority) ?? 'normal';
}
