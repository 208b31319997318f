import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import { KEY_TAKEN } from './refusals.js';
import type { TasksSchema } from './tasks.schema.js';

export interface IdempotencyKey {
  scope: string;
  key: string;
  bodyHash: string;
}

export type IdempotencyRepository = ReturnType<typeof createIdempotencyRepository>;

/** Which task the first call with a key made. */
export function createIdempotencyRepository(db: Database) {
  const schema = db.schema<TasksSchema>();
  return {
    /** Takes the key for a task; the transaction is refused (`KEY_TAKEN`) when another call has it. */
    claim(tx: Tx, { scope, key, bodyHash }: IdempotencyKey, taskId: Uuid, now: number, ttlMs: number): void {
      const outdated = schema
        .deleteFrom('idempotency_keys')
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '<=', now - ttlMs);
      db.add(tx, outdated);
      const row = { scope, key, body_hash: bodyHash, task_id: taskId, created_at: now };
      const insert = schema
        .insertInto('idempotency_keys')
        .values(row)
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: KEY_TAKEN });
    },

    find(
      scope: string,
      key: string,
      createdAfter: number,
    ): Promise<{ bodyHash: string; taskId: Uuid } | undefined> {
      return schema
        .selectFrom('idempotency_keys')
        .select(['body_hash as bodyHash', 'task_id as taskId'])
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '>', createdAfter)
        .executeTakeFirst();
    },
  };
}
