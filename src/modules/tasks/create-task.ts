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
import type { CompletedOutcome } from './task-runner.js';
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
  /** Adds a task that is done already, all at once. */
  addDone: (tx: Tx, prepared: Required<PreparedTask>) => WhenCommitted;
  /** A start in the transaction that creates the task, where a slot is free; else undefined, and the task waits. */
  startAtOnce: (task: Task) => StartAtOnce | undefined;
}

/** A task's first attempt, with a slot that is held for it. */
export interface StartAtOnce {
  /** As it is with that attempt. */
  task: Task;
  hold: Hold;
  /** Runs it where it was started; else the slot is given back. */
  settle: (isStarted: boolean) => void;
}

/** A task before it is stored, with its outcome where that is there already. */
export interface PreparedTask {
  readonly task: Task;
  readonly keys: readonly string[];
  readonly done?: CompletedOutcome | undefined;
}

export type AddTask = (tx: Tx, prepared: PreparedTask) => Task;

/**
 * Adds a new task with its history and event to a transaction; it exists when that is committed. Where a slot is free by
 * then it is started in the same transaction, and runs at once: the way over the waiting ones costs one more.
 */
export function createTaskCreation(deps: CreateTaskDeps): AddTask {
  return (tx, { task, keys, done }) => {
    deps.db.beforeCommit(tx, () => {
      if (done) return deps.addDone(tx, { task, keys, done });
      const start = deps.startAtOnce(task);
      return start ? addStarted(deps, tx, { task, start, keys }) : addWaiting(deps, tx, { task, keys });
    });
    return task;
  };
}

function addWaiting(deps: CreateTaskDeps, tx: Tx, { task, keys }: Created): WhenCommitted {
  deps.repository.insert(tx, rowOf(task), keys);
  addCreation(deps, tx, task);
  deps.db.nudgeAfter(tx, WAITING_CHANNEL);
  return () => undefined;
}

function addStarted(
  deps: CreateTaskDeps,
  tx: Tx,
  { task, start, keys }: Created & { start: StartAtOnce },
): WhenCommitted {
  const ref = deps.repository.insertStarted(tx, rowOf(start.task, start.hold), keys);
  addCreation(deps, tx, task);
  deps.repository.addStart(tx, task);
  return (committed) => start.settle(committed?.rows(ref)[0]?.state === 'in_work');
}

interface Created {
  task: Task;
  keys: readonly string[];
}

function addCreation({ repository, events }: CreateTaskDeps, tx: Tx, task: Task): void {
  const { id, createdAt: at, createdBy: actor } = task;
  const states = { from_state: null, to_state: 'pending' } as const;
  repository.addHistory(tx, { task_id: id, at, ...states, reason: 'created', attempt: 0, actor });
  events.append(tx, { type: 'task.created', subject: `tasks/${id}`, time: at, data: viewOf(task) });
}

/** As it will be stored. */
export function taskFrom(input: NewTask, now: number, deadlineMs: number): Task {
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
    hasBegun: false,
    cancelRequested: false,
    isElsewhere: false,
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

/** Its row, held by whoever works on it. */
export function rowOf(task: Task, { owner, claim, leaseUntil }: Hold = NOBODY) {
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
    started_at: task.startedAt,
    ended_at: task.endedAt,
    attempt: task.attempt,
    failures: 0,
    lapses: 0,
    begun: 0,
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
