import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import type { SensorsSchema } from '../sensors.schema.js';
import { KEY_TAKEN } from './refusals.js';

/** A call with an `Idempotency-Key`. */
export interface OnceKey {
  /** Who calls what: keys of different callers and endpoints do not meet. */
  scope: string;
  key: string;
  bodyHash: string;
}

export type OnceRepository = ReturnType<typeof createOnceRepository>;

/** Which resource the first call with a key made. */
export function createOnceRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  return {
    claim(tx: Tx, { scope, key, bodyHash }: OnceKey, resourceId: string, now: number, ttlMs: number): void {
      const outdated = schema.deleteFrom('sensors_idempotency').where('scope', '=', scope);
      db.add(tx, outdated.where('key', '=', key).where('created_at', '<=', now - ttlMs));
      const row = { scope, key, body_hash: bodyHash, resource_id: resourceId, created_at: now };
      const insert = schema
        .insertInto('sensors_idempotency')
        .values(row)
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: KEY_TAKEN });
    },

    find(
      { scope, key }: OnceKey,
      createdAfter: number,
    ): Promise<{ bodyHash: string; resourceId: string } | undefined> {
      return schema
        .selectFrom('sensors_idempotency')
        .select(['body_hash as bodyHash', 'resource_id as resourceId'])
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '>', createdAfter)
        .executeTakeFirst();
    },

    async trim(before: number): Promise<void> {
      const tx = db.begin();
      db.add(tx, schema.deleteFrom('sensors_idempotency').where('created_at', '<', before));
      await db.commit(tx);
    },
  };
}
