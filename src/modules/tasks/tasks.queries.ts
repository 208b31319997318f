import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import type { Task, TaskResult, TaskState } from './task.js';
import { byIndex, earliestEnd, taskFromRow } from './tasks.schema.js';
import type { TaskRow, TasksSchema } from './tasks.schema.js';

export interface HistoryEntry {
  at: number;
  from: TaskState | null;
  to: TaskState;
  reason: string;
  attempt: number;
  actor: string;
}

export type TasksQueries = ReturnType<typeof createTasksQueries>;

/** Reads of the ledger. */
export function createTasksQueries(db: Database) {
  const schema = db.schema<TasksSchema>();

  return {
    async get(id: Uuid): Promise<Task | undefined> {
      const row = await schema.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && taskFromRow(row);
    },

    /** In no particular order. */
    async getMany(ids: readonly Uuid[]): Promise<Task[]> {
      const rows = await schema.selectFrom('tasks').selectAll().where('id', 'in', ids).execute();
      return rows.map(taskFromRow);
    },

    /** The task that does an ended one again. */
    async retryOf(id: Uuid): Promise<Uuid | undefined> {
      const query = schema.selectFrom('tasks').select('id').where('retry_of', '=', id);
      return (await query.executeTakeFirst())?.id;
    },

    /** Of `ids`, those that a later task does again. */
    async retriedAmong(ids: readonly Uuid[]): Promise<Set<Uuid>> {
      const query = schema.selectFrom('tasks').select('retry_of').where('retry_of', 'in', ids);
      return new Set((await query.execute()).map((row) => row.retry_of!));
    },

    async result(id: Uuid): Promise<TaskResult | undefined> {
      const row = await schema
        .selectFrom('task_results')
        .select(['content_type as contentType', 'body'])
        .where('task_id', '=', id)
        .executeTakeFirst();
      return row;
    },

    async history(id: Uuid, limit: number): Promise<HistoryEntry[]> {
      return schema
        .selectFrom('task_history')
        .select(['at', 'from_state as from', 'to_state as to', 'reason', 'attempt', 'actor'])
        .where('task_id', '=', id)
        .orderBy('id')
        .limit(limit)
        .execute();
    },

    /** Tasks by state; states without tasks are left out. Reads the whole index: some 100 ms at a million tasks. */
    async countByState(): Promise<{ state: TaskState; count: number }[]> {
      return schema
        .selectFrom('tasks')
        .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
        .groupBy('state')
        .execute();
    },

    /** Waiting tasks, counted no further than `most`. */
    async countWaiting(most: number): Promise<number> {
      const waiting = schema.selectFrom('tasks').select('id').where('state', '=', 'pending').limit(most);
      const row = await schema
        .selectFrom(waiting.as('waiting'))
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },

    /** Of `ids`, those that have ended. */
    async endedAmong(ids: readonly Uuid[]): Promise<Uuid[]> {
      if (ids.length === 0) return [];
      const rows = await schema
        .selectFrom('tasks')
        .select('id')
        .where('id', 'in', ids)
        .where('ended_at', 'is not', null)
        .execute();
      return rows.map((row) => row.id);
    },

    /** Running tasks of an owner that somebody wants cancelled. */
    async cancelRequested(owner: string): Promise<Uuid[]> {
      const rows = await schema
        .selectFrom('tasks')
        .select('id')
        .where('state', '=', 'in_work')
        .where('owner', '=', owner)
        .where('cancel_requested', '=', 1)
        .execute();
      return rows.map((row) => row.id);
    },

    /** Running tasks whose lease has lapsed, or all that are not `owner`'s where no other process can be alive. */
    async lapsed(now: number, limit: number, notOwner?: string): Promise<Task[]> {
      const base = schema.selectFrom('tasks').selectAll().where('state', '=', 'in_work').limit(limit);
      const rows = await (
        notOwner === undefined ? base.where('lease_until', '<=', now) : base.where('owner', '!=', notOwner)
      ).execute();
      return rows.map(taskFromRow);
    },

    /** Tasks that were handed over and have not come back by their deadline. */
    async overdueElsewhere(now: number, limit: number): Promise<Task[]> {
      const { rows } = await sql<TaskRow>`select * from tasks ${byIndex(db.dialect, 'tasks_elsewhere')}
        where state = 'in_work' and owner is null and deadline_at <= ${now} limit ${limit}`.execute(schema);
      return rows.map(taskFromRow);
    },

    /** Waiting tasks that may not start any more. */
    async overdue(now: number, limit: number): Promise<Task[]> {
      const { rows } = await sql<TaskRow>`select * from tasks ${byIndex(db.dialect, 'tasks_overdue')}
        where state = 'pending' and ${earliestEnd(db.dialect)} <= ${now} limit ${limit}`.execute(schema);
      return rows.map(taskFromRow);
    },
  };
}
