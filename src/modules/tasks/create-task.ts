import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx, WhenCommitted } from '../../kernel/tx.js';
import type { EventLog } from '../../kernel/event.js';
import type { Transactions } from '../../kernel/tx.js';
import { correlationKey } from './correlation-id.js';
import type { Priority, Task, TaskSource } from './task.js';
import { PRIORITIES } from './task.js';
import { viewHead, viewOf } from './task-view.js';
import type { TasksRepository } from './tasks.repository.js';

/** Nudged when a task's state changed, or somebody wants it changed. */
export const TASKS_CHANNEL = 'tasks';
/** Nudged when there may be a task to start. */
export const WAITING_CHANNEL = 'tasks-waiting';

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

/** Who works on a task, under which claim, and until when nobody else may. */
export type Hold =
  { owner: string; claim: Uuid; leaseUntil: number } | { owner: null; claim: null; leaseUntil: null };

export interface CreateTaskDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: TasksRepository;
  deadlineMs: number;
  /** A start in the transaction that creates the task, where a slot is free; else undefined, and the task waits. */
  startAtOnce: (task: Task) => StartAtOnce | undefined;
}

/** A task's first attempt, with a slot that is held for it. */
export interface StartAtOnce {
  /** As it is with that attempt. */
  task: Task;
  hold: Hold;
  /** Runs it, or gives the slot back where it was not committed. */
  whenCommitted: WhenCommitted;
}

export type CreateTask = (tx: Tx, task: NewTask) => Task;

/**
 * Adds a new task with its history and event to a transaction; it exists when that is committed. Where a slot is free by
 * then it is started in the same transaction, and runs at once: the way over the waiting ones costs one more.
 */
export function createTaskCreation(deps: CreateTaskDeps): CreateTask {
  return (tx, input) => {
    const now = deps.clock.now();
    const task = newTask(input, now, deps.deadlineMs);
    deps.db.beforeCommit(tx, () => {
      const start = deps.startAtOnce(task);
      deps.repository.insert(tx, rowOf(start?.task ?? task, start?.hold), input.keys ?? []);
      addChange(deps, tx, task, null);
      if (start) addChange(deps, tx, start.task, start.hold);
      else deps.db.nudgeAfter(tx, WAITING_CHANNEL);
      return start?.whenCommitted ?? (() => undefined);
    });
    return task;
  };
}

/** The history and event of being created, or started by whoever holds it. */
function addChange({ repository, events }: CreateTaskDeps, tx: Tx, task: Task, hold: Hold | null): void {
  repository.addHistory(tx, {
    task_id: task.id,
    at: task.createdAt,
    from_state: hold ? 'pending' : null,
    to_state: task.state,
    reason: hold ? 'started' : 'created',
    attempt: task.attempt,
    actor: hold?.owner ?? task.createdBy,
  });
  const type = hold ? 'task.started' : 'task.created';
  events.append(tx, { type, subject: `tasks/${task.id}`, time: task.createdAt, data: viewOf(task) });
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

const NOBODY: Hold = { owner: null, claim: null, leaseUntil: null };

function rowOf(task: Task, { owner, claim, leaseUntil }: Hold = NOBODY) {
  return {
    id: task.id,
    type: task.type,
    state: task.state,
    priority: task.priority,
    lane: task.lane,
    created_at: task.createdAt,
    not_before: task.notBefore,
    expires_at: task.expiresAt,
    deadline_at: task.deadlineAt,
    started_at: task.startedAt,
    ended_at: null,
    attempt: task.attempt,
    failures: 0,
    lapses: 0,
    cancel_requested: 0,
    owner,
    claim,
    lease_until: leaseUntil,
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
