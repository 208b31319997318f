import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import { WAITING_CHANNEL } from './create-task.js';
import { byIndex } from './tasks.schema.js';
import type { TasksSchema } from './tasks.schema.js';

export type DelayedRepository = ReturnType<typeof createDelayedRepository>;

/** Tasks that wait for their time apart from those that may be claimed. */
export function createDelayedRepository(db: Database) {
  const schema = db.schema<TasksSchema>();
  const dueBy = (now: number) =>
    sql`from tasks ${byIndex(db.dialect, 'tasks_delayed')}
      where state = 'pending' and delayed = 1 and not_before <= ${now}`;

  return {
    async anyDue(now: number): Promise<boolean> {
      const { rows } = await sql`select 1 as due ${dueBy(now)} limit 1`.execute(schema);
      return rows.length > 0;
    },

    /** Lets tasks whose time has come be claimed; returns how many. */
    async release(now: number, limit: number): Promise<number> {
      const lock = db.dialect === 'postgres' ? sql`for update skip locked` : sql``;
      const tx = db.begin();
      const released = db.add<{ id: Uuid }>(
        tx,
        sql<{ id: Uuid }>`update tasks set delayed = 0 where id in (
          select id ${dueBy(now)} order by not_before limit ${limit} ${lock})`.compile(schema),
      );
      db.nudgeAfter(tx, WAITING_CHANNEL);
      return (await db.commit(tx)).changes(released);
    },
  };
}
