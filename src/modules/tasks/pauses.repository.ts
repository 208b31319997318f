import { sql } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { Pause } from './pause.js';
import type { TaskState } from './task.js';
import type { TasksSchema } from './tasks.schema.js';

export type PausesRepository = ReturnType<typeof createPausesRepository>;

/** The paused task types; a claim looks here in its own statement, so a pause holds for every replica at once. */
export function createPausesRepository(db: Database) {
  const schema = db.schema<TasksSchema>();

  return {
    /** A pause that is there already stays as it is. */
    insert(tx: Tx, { type, pausedAt, pausedBy, reason }: Pause): void {
      const row = { type, paused_at: pausedAt, paused_by: pausedBy, reason };
      const insert = schema
        .insertInto('task_pauses')
        .values(row)
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert);
    },

    remove(tx: Tx, type: string): void {
      db.add(tx, schema.deleteFrom('task_pauses').where('type', '=', type));
    },

    async all(): Promise<Pause[]> {
      const rows = await schema.selectFrom('task_pauses').selectAll().orderBy('type').execute();
      return rows.map(({ type, paused_at, paused_by, reason }) => ({
        type,
        pausedAt: paused_at,
        pausedBy: paused_by,
        reason,
      }));
    },

    /** Waiting and running tasks of each type that has any; as many as there are is bounded by the admission. */
    async openTasks(): Promise<{ type: string; state: TaskState; count: number }[]> {
      return schema
        .selectFrom('tasks')
        .select((eb) => ['type', 'state', eb.fn.countAll<number>().as('count')])
        .where(sql<boolean>`state in ('pending', 'in_work')`)
        .groupBy(['state', 'type'])
        .execute();
    },
  };
}
