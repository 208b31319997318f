import type { Uuid } from '../../kernel/ids.js';
import { firstUuidAt } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import type { TasksSchema } from './tasks.schema.js';

export type RetentionRepository = ReturnType<typeof createRetentionRepository>;

/** Removals of what has been kept long enough; each call one transaction over at most `limit` rows. */
export function createRetentionRepository(db: Database) {
  const schema = db.schema<TasksSchema>();

  function oldTasks(createdBefore: number, limit: number): Promise<{ id: Uuid }[]> {
    return schema
      .selectFrom('tasks')
      .select('id')
      .where('id', '<', firstUuidAt(createdBefore))
      .where('ended_at', 'is not', null)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  return {
    /** Ended tasks with their results, history and search keys; returns how many. */
    async removeTasks(createdBefore: number, limit: number): Promise<number> {
      const ids = (await oldTasks(createdBefore, limit)).map((row) => row.id);
      if (ids.length === 0) return 0;
      const tx = db.begin();
      db.add(tx, schema.deleteFrom('task_results').where('task_id', 'in', ids));
      db.add(tx, schema.deleteFrom('task_history').where('task_id', 'in', ids));
      db.add(tx, schema.deleteFrom('task_keys').where('task_id', 'in', ids));
      db.add(tx, schema.deleteFrom('tasks').where('id', 'in', ids));
      await db.commit(tx);
      return ids.length;
    },

    async removeIdempotencyKeys(createdBefore: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('idempotency_keys')
        .select(['scope', 'key'])
        .where('created_at', '<=', createdBefore)
        .orderBy('created_at')
        .limit(limit);
      const tx = db.begin();
      const removal = db.add(
        tx,
        schema
          .deleteFrom('idempotency_keys')
          .where((eb) => eb(eb.refTuple('scope', 'key'), 'in', old.$asTuple('scope', 'key'))),
      );
      return (await db.commit(tx)).changes(removal);
    },
  };
}
