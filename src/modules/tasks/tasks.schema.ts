import { sql } from 'kysely';
import type { Generated, Insertable, RawBuilder, Selectable } from 'kysely';
import type { Dialect } from '../../platform/db/database.js';
import type { Uuid } from '../../kernel/ids.js';
import type { BulkAction } from './bulk.js';
import type { ListedTask, Task, TaskSource, TaskState } from './task.js';

/** The ledger's tables; times are epoch ms, flags 0 or 1. */
export interface TasksSchema {
  tasks: TasksTable;
  task_results: { task_id: Uuid; content_type: string; body: string };
  task_history: TaskHistoryTable;
  task_keys: { key: string; task_id: Uuid };
  idempotency_keys: {
    scope: string;
    key: string;
    body_hash: string;
    task_id: Uuid;
    created_at: number;
  };
  task_pauses: { type: string; paused_at: number; paused_by: string; reason: string | null };
  task_bulks: TaskBulksTable;
}

interface TasksTable {
  id: Uuid;
  type: string;
  state: TaskState;
  priority: number;
  lane: string | null;
  created_at: number;
  not_before: number;
  /** 1 until `not_before` has come, so that a claim passes by what may not start yet. */
  delayed: number;
  expires_at: number | null;
  deadline_at: number;
  started_at: number | null;
  ended_at: number | null;
  attempt: number;
  failures: number;
  lapses: number;
  /** The last attempt whose work is known to have begun; 0 for none. */
  begun: number;
  cancel_requested: number;
  owner: string | null;
  claim: string | null;
  lease_until: number | null;
  payload: string;
  view_head: string;
  correlation_id: string | null;
  correlation_key: string | null;
  source: TaskSource;
  created_by: string;
  retry_of: Uuid | null;
  error_code: string | null;
  error_message: string | null;
  request_id: string;
  traceparent: string;
}

interface TaskHistoryTable {
  id: Generated<number>;
  task_id: Uuid;
  at: number;
  from_state: TaskState | null;
  to_state: TaskState;
  reason: string;
  attempt: number;
  actor: string;
}

interface TaskBulksTable {
  id: Uuid;
  action: BulkAction;
  /** JSON text of a `TaskFilter`. */
  filter: string;
  created_at: number;
  created_by: string;
  request_id: string;
  traceparent: string;
  matched: number;
  done: number;
  skipped: number;
  /** Everything from this id on has been seen to. */
  position: Uuid;
  ended_at: number | null;
}

export type BulkRow = Selectable<TaskBulksTable>;
export type TaskRow = Selectable<TasksTable>;
export type NewTaskRow = Insertable<TasksTable>;
export type NewHistoryRow = Insertable<TaskHistoryTable>;

/** All but the payload, which may be large and which no list shows. */
export const LISTED_COLUMNS = [
  'tasks.id',
  'tasks.type',
  'tasks.state',
  'tasks.priority',
  'tasks.lane',
  'tasks.created_at',
  'tasks.not_before',
  'tasks.expires_at',
  'tasks.deadline_at',
  'tasks.started_at',
  'tasks.ended_at',
  'tasks.attempt',
  'tasks.failures',
  'tasks.lapses',
  'tasks.begun',
  'tasks.cancel_requested',
  'tasks.owner',
  'tasks.correlation_id',
  'tasks.source',
  'tasks.created_by',
  'tasks.retry_of',
  'tasks.error_code',
  'tasks.error_message',
  'tasks.request_id',
  'tasks.traceparent',
] as const;

/** Makes SQLite, which keeps no statistics here, take a partial index rather than one with more conditions. */
export function byIndex(dialect: Dialect, name: string): RawBuilder<unknown> {
  return dialect === 'sqlite' ? sql`indexed by ${sql.ref(name)}` : sql``;
}

/** From when on a waiting task may not start any more. The index `tasks_overdue` is on these very words. */
export function earliestEnd(dialect: Dialect): RawBuilder<number> {
  const least = dialect === 'sqlite' ? 'min' : 'least';
  return sql.raw(`${least}(deadline_at, coalesce(expires_at, deadline_at))`);
}

export function taskFromRow(row: TaskRow): Task {
  return { ...listedFromRow(row), payload: row.payload };
}

type ColumnName = (typeof LISTED_COLUMNS)[number] extends `tasks.${infer C}` ? C : never;

export function listedFromRow(row: Pick<TaskRow, ColumnName>): ListedTask {
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    priority: row.priority,
    lane: row.lane,
    createdAt: row.created_at,
    notBefore: row.not_before,
    expiresAt: row.expires_at,
    deadlineAt: row.deadline_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    attempt: row.attempt,
    failures: row.failures,
    lapses: row.lapses,
    hasBegun: row.state === 'in_work' && row.begun === row.attempt,
    cancelRequested: row.cancel_requested === 1,
    isElsewhere: row.state === 'in_work' && row.owner === null,
    correlationId: row.correlation_id,
    source: row.source,
    createdBy: row.created_by,
    retryOf: row.retry_of,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    requestId: row.request_id,
    traceparent: row.traceparent,
  };
}
