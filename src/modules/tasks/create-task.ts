import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import type { EventLog } from '../../kernel/event.js';
import type { Transactions } from '../../kernel/tx.js';
import { correlationKey } from './correlation-id.js';
import type { Priority, Task, TaskSource } from './task.js';
import { PRIORITIES } from './task.js';
import { viewHead, viewOf } from './task-view.js';
import type { TasksRepository } from './tasks.repository.js';

/** The channel that is nudged when there may be something to run or to look at. */
export const TASKS_CHANNEL = 'tasks';

export interface NewTask {
  type: string;
  /** The runner's own; JSON text. Secrets only sealed. */
  payload: string;
  source: TaskSource;
  createdBy: string;
  trace: TraceContext;
  priority?: Priority;
  lane?: string;
  notBefore?: number;
  expiresAt?: number;
  /** Default: the configured deadline after now. */
  deadlineAt?: number;
  /** Raw JSON token of a string or a number. */
  correlationId?: string;
  /** What the task can be searched by: `phone:17`. */
  keys?: readonly string[];
  /** The ended task that this one does again. */
  retryOf?: Uuid;
}

export interface CreateTaskDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: TasksRepository;
  deadlineMs: number;
}

export type CreateTask = (tx: Tx, task: NewTask) => Task;

/** Adds a new task with its history and event to a transaction; it exists when that is committed. */
export function createTaskCreation(deps: CreateTaskDeps): CreateTask {
  return (tx, input) => {
    const now = deps.clock.now();
    const task = newTask(input, now, deps.deadlineMs);
    deps.repository.insert(tx, rowOf(task), input.keys ?? []);
    deps.repository.addHistory(tx, {
      task_id: task.id,
      at: now,
      from_state: null,
      to_state: 'pending',
      reason: 'created',
      attempt: 0,
      actor: task.createdBy,
    });
    deps.events.append(tx, {
      type: 'task.created',
      subject: `tasks/${task.id}`,
      time: now,
      data: viewOf(task),
    });
    deps.db.nudgeAfter(tx, TASKS_CHANNEL);
    return task;
  };
}

function newTask(input: NewTask, now: number, deadlineMs: number): Task {
  return {
    id: newUuid(now),
    type: input.type,
    state: 'pending',
    priority: PRIORITIES[input.priority ?? 'normal'],
    lane: input.lane ?? null,
    createdAt: now,
    notBefore: input.notBefore ?? now,
    expiresAt: input.expiresAt ?? null,
    deadlineAt: input.deadlineAt ?? now + deadlineMs,
    startedAt: null,
    endedAt: null,
    attempt: 0,
    failures: 0,
    lapses: 0,
    cancelRequested: false,
    payload: input.payload,
    correlationId: input.correlationId ?? null,
    source: input.source,
    createdBy: input.createdBy,
    retryOf: input.retryOf ?? null,
    errorCode: null,
    errorMessage: null,
    requestId: input.trace.requestId,
    traceparent: input.trace.traceparent,
  };
}

function rowOf(task: Task) {
  return {
    id: task.id,
    type: task.type,
    state: task.state,
    priority: task.priority,
    lane: task.lane,
    created_at: task.createdAt,
    not_before: task.notBefore,
    delayed: task.notBefore > task.createdAt ? 1 : 0,
    expires_at: task.expiresAt,
    deadline_at: task.deadlineAt,
    started_at: null,
    ended_at: null,
    attempt: 0,
    failures: 0,
    lapses: 0,
    cancel_requested: 0,
    owner: null,
    claim: null,
    lease_until: null,
    payload: task.payload,
    view_head: viewHead(task),
    correlation_id: task.correlationId,
    correlation_key: task.correlationId === null ? null : correlationKey(task.correlationId),
    source: task.source,
    created_by: task.createdBy,
    retry_of: task.retryOf,
    error_code: null,
    error_message: null,
    request_id: task.requestId,
    traceparent: task.traceparent,
  };
}
