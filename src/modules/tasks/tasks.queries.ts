import { firstUuidAt } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import type { ListedTask, Task, TaskResult, TaskState } from './task.js';
import { LISTED_COLUMNS, listedFromRow, taskFromRow } from './tasks.schema.js';
import type { TasksSchema } from './tasks.schema.js';

/** Filters of the list; all that are there must hold. */
export interface TaskFilter {
  state?: TaskState;
  type?: string;
  /** A search key that the task was created with: `phone:17`. */
  key?: string;
  /** The text of a string, or the digits of a number. */
  correlationKey?: string;
  /** Created in [fromMs, toMs). */
  fromMs?: number;
  toMs?: number;
  /** Only what is older than this task: the paging position. */
  before?: Uuid;
}

export interface HistoryEntry {
  at: number;
  from: TaskState | null;
  to: TaskState;
  reason: string;
  attempt: number;
  actor: string;
}

export type TasksQueries = ReturnType<typeof createTasksQueries>;

/** Reads of the ledger. Ids are UUIDv7, so the order of ids is the order of arrival, and a time is a bound on ids. */
export function createTasksQueries(db: Database) {
  const schema = db.schema<TasksSchema>();

  return {
    async get(id: Uuid): Promise<Task | undefined> {
      const row = await schema.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && taskFromRow(row);
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

    /** Newest first. */
    async list(filter: TaskFilter, limit: number): Promise<ListedTask[]> {
      // Ranges and order on the side where the index is, or a deep page would read all that is before it.
      const id = schema.dynamic.ref<'tasks.id'>(filter.key === undefined ? 'tasks.id' : 'task_keys.task_id');
      let query = schema.selectFrom('tasks').select(LISTED_COLUMNS).orderBy(id, 'desc').limit(limit);
      if (filter.key !== undefined) {
        query = query
          .innerJoin('task_keys', 'task_keys.task_id', 'tasks.id')
          .where('task_keys.key', '=', filter.key);
      }
      if (filter.state !== undefined) query = query.where('tasks.state', '=', filter.state);
      if (filter.type !== undefined) query = query.where('tasks.type', '=', filter.type);
      if (filter.correlationKey !== undefined) {
        query = query.where('tasks.correlation_key', '=', filter.correlationKey);
      }
      if (filter.fromMs !== undefined) query = query.where(id, '>=', firstUuidAt(filter.fromMs));
      if (filter.toMs !== undefined) query = query.where(id, '<', firstUuidAt(filter.toMs));
      if (filter.before !== undefined) query = query.where(id, '<', filter.before);
      return (await query.execute()).map(listedFromRow);
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

    /** Waiting tasks that may not start any more. */
    async overdue(now: number, limit: number): Promise<Task[]> {
      const rows = await schema
        .selectFrom('tasks')
        .selectAll()
        .where('state', '=', 'pending')
        .where((eb) => eb.or([eb('deadline_at', '<=', now), eb('expires_at', '<=', now)]))
        .limit(limit)
        .execute();
      return rows.map(taskFromRow);
    },
  };
}
