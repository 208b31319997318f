import { sql } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { EquipmentSchema } from './equipment.schema.js';

export type SupersedesRepository = ReturnType<typeof createSupersedesRepository>;

/** For each device, the newest task that is to replace what waits before it. */
export function createSupersedesRepository(db: Database) {
  const schema = db.schema<EquipmentSchema>();
  return {
    mark(tx: Tx, equipmentId: string, taskId: string, now: number): void {
      db.add(
        tx,
        sql`insert into equipment_supersedes (equipment_id, task_id, at) values (${equipmentId}, ${taskId}, ${now})
          on conflict (equipment_id) do update set task_id = excluded.task_id, at = excluded.at
          where excluded.task_id > equipment_supersedes.task_id`.compile(schema),
      );
    },

    /** The task before which nothing of a device is to be done any more. */
    async newest(equipmentId: string): Promise<string | undefined> {
      const query = schema.selectFrom('equipment_supersedes').select('task_id');
      return (await query.where('equipment_id', '=', equipmentId).executeTakeFirst())?.task_id;
    },

    /** Forgets at most `limit` marks older than `before`; returns how many. */
    async trim(before: number, limit: number): Promise<number> {
      const old = schema.selectFrom('equipment_supersedes').select('equipment_id').where('at', '<', before);
      const ids = old.orderBy('at').limit(limit);
      const tx = db.begin();
      const removal = schema.deleteFrom('equipment_supersedes').where('equipment_id', 'in', ids);
      const ref = db.add(tx, removal.where('at', '<', before));
      return (await db.commit(tx)).changes(ref);
    },
  };
}
