import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database, StatementRef } from '../../platform/db/database.js';
import type { Ending, Task, TaskResult } from './task.js';
import { openViewFrame } from './task-view.js';
import type { NewHistoryRow, NewTaskRow, TaskRow, TasksSchema } from './tasks.schema.js';

/** Why a write about an attempt was refused: the task is no longer in that attempt. */
export const ATTEMPT_SUPERSEDED = 'tasks.attempt-superseded';
/** Why a write about a waiting task was refused. */
export const NOT_WAITING = 'tasks.not-waiting';

export interface ClaimOptions {
  type: string;
  limit: number;
  now: number;
  owner: string;
  claim: string;
  leaseUntil: number;
}

export type TasksRepository = ReturnType<typeof createTasksRepository>;

/** The statements that change the ledger; each adds to a transaction. */
export function createTasksRepository(db: Database) {
  const schema = db.schema<TasksSchema>();

  return {
    insert(tx: Tx, row: NewTaskRow, keys: readonly string[]): void {
      db.add(tx, schema.insertInto('tasks').values(row));
      if (keys.length > 0) db.add(tx, insertKeys(db, row.id, keys));
    },

    addHistory(tx: Tx, row: NewHistoryRow): void {
      db.add(tx, schema.insertInto('task_history').values(row));
    },

    addResult(tx: Tx, id: Uuid, result: TaskResult): void {
      const row = { task_id: id, content_type: result.contentType, body: result.body };
      db.add(tx, schema.insertInto('task_results').values(row));
    },

    /** Takes the next runnable tasks, and writes their start into history and events. */
    claim(tx: Tx, options: ClaimOptions): StatementRef<TaskRow> {
      const { now, claim } = options;
      const lock = db.dialect === 'postgres' ? sql`for update skip locked` : sql``;
      const claimed = db.add<TaskRow>(
        tx,
        sql<TaskRow>`update tasks set state = 'in_work', attempt = attempt + 1, owner = ${options.owner},
            claim = ${claim}, lease_until = ${options.leaseUntil}, started_at = coalesce(started_at, ${now})
          where id in (
            select id from tasks as t
            where state = 'pending' and type = ${options.type} and not_before <= ${now}
              and deadline_at > ${now} and (expires_at is null or expires_at > ${now})
              and (lane is null or (
                not exists (select 1 from tasks b where b.lane = t.lane and b.state = 'in_work')
                and not exists (select 1 from tasks e where e.lane = t.lane and e.state = 'pending' and e.id < t.id)))
            order by priority desc, id limit ${options.limit} ${lock})
          returning *`.compile(schema),
      );
      db.add(
        tx,
        sql`insert into task_history (task_id, at, from_state, to_state, reason, attempt, actor)
          select id, ${now}, 'pending', 'in_work', 'started', attempt, owner from tasks
          where claim = ${claim} and state = 'in_work' order by priority desc, id`.compile(schema),
      );
      const frame = openViewFrame('in_work');
      db.add(
        tx,
        sql`insert into events (type, subject, time, data)
          select 'task.started', 'tasks/' || id, ${now}, ${frame.before} || view_head || ${frame.after} from tasks
          where claim = ${claim} and state = 'in_work' order by priority desc, id`.compile(schema),
      );
      return claimed;
    },

    /** Ends a running attempt's task. */
    end(
      tx: Tx,
      task: Task,
      ending: Ending,
      now: number,
      error: { code: string; message: string } | null,
    ): void {
      db.add(
        tx,
        attemptUpdate(task).set({ ...freed, state: ending, ended_at: now, ...errorColumns(error) }),
        {
          rows: 1,
          otherwise: ATTEMPT_SUPERSEDED,
        },
      );
    },

    /** Ends a task that waits. */
    endWaiting(
      tx: Tx,
      task: Task,
      ending: Ending,
      now: number,
      error: { code: string; message: string } | null,
    ): void {
      const update = schema
        .updateTable('tasks')
        .set({ ...freed, state: ending, ended_at: now, ...errorColumns(error) })
        .where('id', '=', task.id)
        .where('attempt', '=', task.attempt)
        .where('state', '=', 'pending');
      db.add(tx, update, { rows: 1, otherwise: NOT_WAITING });
    },

    /** Puts a running attempt's task back among the waiting, unless it is to be cancelled. */
    release(tx: Tx, task: Task, change: { notBefore: number; failures: number; lapses: number }): void {
      const columns = { not_before: change.notBefore, failures: change.failures, lapses: change.lapses };
      const update = attemptUpdate(task).where('cancel_requested', '=', 0);
      db.add(tx, update.set({ ...freed, state: 'pending', ...columns }), {
        rows: 1,
        otherwise: ATTEMPT_SUPERSEDED,
      });
    },

    /** Marks a running attempt that is to stop; only the first request does. */
    requestCancel(tx: Tx, task: Task): void {
      db.add(tx, attemptUpdate(task).where('cancel_requested', '=', 0).set({ cancel_requested: 1 }), {
        rows: 1,
        otherwise: ATTEMPT_SUPERSEDED,
      });
    },

    /** Prolongs the leases of an owner on `ids`; returns what it still holds of them. */
    renew(tx: Tx, owner: string, ids: readonly Uuid[], leaseUntil: number): StatementRef<HeldTask> {
      return db.add(
        tx,
        sql<HeldTask>`update tasks set lease_until = ${leaseUntil}
          where owner = ${owner} and state = 'in_work' and id in (select value from ${listed(db, ids)})
          returning id, attempt, cancel_requested`.compile(schema),
      );
    },
  };

  function attemptUpdate(task: Task) {
    return schema
      .updateTable('tasks')
      .where('id', '=', task.id)
      .where('attempt', '=', task.attempt)
      .where('state', '=', 'in_work');
  }
}

export type HeldTask = Pick<TaskRow, 'id' | 'attempt' | 'cancel_requested'>;

const freed = { owner: null, claim: null, lease_until: null };

function errorColumns(error: { code: string; message: string } | null) {
  return { error_code: error?.code ?? null, error_message: error?.message ?? null };
}

/** Texts as rows of one column `value`: one statement however many there are. */
function listed(db: Database, texts: readonly string[]) {
  const list = JSON.stringify(texts);
  return db.dialect === 'sqlite'
    ? sql`json_each(${list})`
    : sql`jsonb_array_elements_text(${list}::jsonb) as value`;
}

/** `where true`, or SQLite takes `on` for a join's. */
function insertKeys(db: Database, id: Uuid, keys: readonly string[]) {
  return sql`insert into task_keys (key, task_id) select value, ${id} from ${listed(db, keys)} where true
    on conflict do nothing`.compile(db.schema<TasksSchema>());
}
