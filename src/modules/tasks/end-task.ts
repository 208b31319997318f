import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { DeadLetterBox } from '../../kernel/dead-letter.js';
import type { Transactions } from '../../kernel/tx.js';
import type { EventLog } from '../../kernel/event.js';
import { TASKS_CHANNEL, WAITING_CHANNEL } from './create-task.js';
import { errorKeys } from './search-keys.js';
import type { Ending, Task, TaskResult } from './task.js';
import type { TaskRunner } from './task-runner.js';
import { viewOf } from './task-view.js';
import type { TasksRepository } from './tasks.repository.js';

export interface TaskEnd {
  ending: Ending;
  /** Into the history: `completed`, `deadline passed`, `cancelled`. */
  reason: string;
  actor: string;
  result?: TaskResult;
  error?: { code: string; message: string };
  extra?: unknown;
  /** Tried as often as may be and still failing: kept as a dead letter too. */
  deadLetter?: boolean;
}

/** A task that has just ended in this process. */
export interface TaskEnded {
  id: Task['id'];
  type: string;
  ending: Ending;
  createdAt: number;
  endedAt: number;
}

export interface EndTaskDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: TasksRepository;
  deadLetters: DeadLetterBox;
  runnerOf(type: string): TaskRunner | undefined;
  /** Called after the commit, for those who wait, read or count in this process. */
  onEnded(ended: Task, result: TaskResult | null): void;
}

export type EndTask = (task: Task, end: TaskEnd) => Promise<void>;
/** The same in a transaction of the caller's. */
export type AddTaskEnd = (tx: Tx, task: Task, end: TaskEnd) => void;

const EVENT_TYPES = {
  completed: 'task.completed',
  error: 'task.failed',
  cancelled: 'task.cancelled',
} as const;

/**
 * Ends a task: state, result, history, event and outgoing answer in one transaction.
 * Rejects with `TxConflict` when the task is no longer in this attempt (or no longer waiting).
 */
export function createTaskEnding(deps: EndTaskDeps): { end: EndTask; addEnd: AddTaskEnd } {
  const addEnd: AddTaskEnd = (tx, task, end) => {
    const ended = addEnding(deps, tx, task, end);
    deps.db.beforeCommit(tx, () => (committed) => {
      if (committed) deps.onEnded(ended, end.result ?? null);
    });
  };
  return {
    addEnd,
    async end(task, end) {
      const tx = deps.db.begin();
      addEnd(tx, task, end);
      await deps.db.commit(tx);
    },
  };
}

function addEnding(deps: EndTaskDeps, tx: Tx, task: Task, end: TaskEnd): Task {
  const now = deps.clock.now();
  const runner = deps.runnerOf(task.type);
  addRows(deps, tx, task, end, now);
  const ended = endedTask(task, end, now, runner?.keptPayload?.(task) ?? task.payload);
  if (ended.payload !== task.payload) deps.repository.keepPayload(tx, task.id, ended.payload);
  const data = viewOf(ended);
  deps.events.append(tx, { type: EVENT_TYPES[end.ending], subject: `tasks/${task.id}`, time: now, data });
  if (end.deadLetter) addDeadLetter(deps, tx, ended, end, now);
  runner?.ended?.(tx, {
    task: ended,
    ending: end.ending,
    result: end.result ?? null,
    errorMessage: ended.errorMessage,
    extra: end.extra,
  });
  nudge(deps, tx, task);
  return ended;
}

function endedTask(task: Task, { ending: state, error }: TaskEnd, endedAt: number, payload: string): Task {
  const errors = { errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
  return { ...task, state, endedAt, hasBegun: false, isElsewhere: false, payload, ...errors };
}

function nudge({ db }: EndTaskDeps, tx: Tx, { lane }: Task): void {
  db.nudgeAfter(tx, TASKS_CHANNEL);
  // The next one of its lane may start.
  if (lane !== null) db.nudgeAfter(tx, WAITING_CHANNEL);
}

/** The ledger's own: state, result, history, and what the task is found by. */
function addRows({ repository }: EndTaskDeps, tx: Tx, task: Task, end: TaskEnd, now: number): void {
  const error = end.error ?? null;
  if (task.state === 'in_work') repository.end(tx, task, end.ending, now, error);
  else repository.endWaiting(tx, task, end.ending, now, error);
  if (error) repository.addKeys(tx, task.id, errorKeys(error));
  if (end.result) repository.addResult(tx, task.id, end.result);
  repository.addHistory(tx, {
    task_id: task.id,
    at: now,
    from_state: task.state,
    to_state: end.ending,
    reason: end.reason,
    attempt: task.attempt,
    actor: end.actor,
  });
}

function addDeadLetter(deps: EndTaskDeps, tx: Tx, task: Task, end: TaskEnd, now: number): void {
  deps.deadLetters.add(tx, {
    id: newUuid(now),
    kind: 'task',
    source: task.type,
    reason: end.error?.code ?? end.reason,
    detail: end.error?.message ?? end.reason,
    attempts: task.attempt,
    firstAt: task.createdAt,
    lastAt: now,
    taskId: task.id,
  });
}
