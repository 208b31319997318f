import { sql } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { ITEM_STATES } from './batch.js';
import type { Batch, BatchState, Counts } from './batch.js';
import type { BatchesSchema, BatchRow } from './batches.schema.js';

/** Why a transaction about a batch is refused: somebody else changed it, or had the key before. */
export const BATCH_CHANGED = 'equipment.batch-changed';
export const KEY_TAKEN = 'equipment.batch-key-taken';
export const TOO_MANY_OPEN = 'equipment.too-many-batches';

/** What all devices of a batch share; null where each has its own. */
export interface SharedParameters {
  /** JSON text without the password. */
  parameters: string | null;
  /** Sealed. */
  secret: string | null;
}

export interface BatchFilter {
  state?: BatchState | undefined;
  /** Only what is older than this batch. */
  before?: Uuid | undefined;
}

export type BatchesRepository = ReturnType<typeof createBatchesRepository>;

/** Batches themselves; their devices are in `items.repository.ts`. */
export function createBatchesRepository(db: Database) {
  const schema = db.schema<BatchesSchema>();

  return {
    /** The transaction is refused (`TOO_MANY_OPEN`) where `mostOpen` batches have not ended. */
    insert(tx: Tx, batch: Batch, { parameters: shared, secret }: SharedParameters, mostOpen: number): void {
      const open = schema
        .selectFrom('equipment_batches')
        .select(sql<number>`count(*)`.as('count'))
        .where('ended_at', 'is', null)
        .having(sql<number>`count(*)`, '>=', mostOpen);
      db.add(tx, open, { rows: 0, otherwise: TOO_MANY_OPEN });
      db.add(tx, schema.insertInto('equipment_batches').values({ ...rowOf(batch), shared, secret }));
    },

    /** Writes what may change, with the next version; refused (`BATCH_CHANGED`) unless it is still at `batch.version`. */
    update(tx: Tx, batch: Batch): void {
      const { id, version, ...row } = rowOf(batch);
      const change = schema
        .updateTable('equipment_batches')
        .set({ ...row, version: version + 1 })
        .where('id', '=', id)
        .where('version', '=', version);
      db.add(tx, change, { rows: 1, otherwise: BATCH_CHANGED });
    },

    /** Writes counts alone; refused (`BATCH_CHANGED`) like `update`, so that what goes with them belongs to this version. */
    count(tx: Tx, { id, version }: Batch, counts: Counts): void {
      const change = schema
        .updateTable('equipment_batches')
        .set(counts)
        .where('id', '=', id)
        .where('version', '=', version);
      db.add(tx, change, { rows: 1, otherwise: BATCH_CHANGED });
    },

    /** Of a batch that has ended. */
    forgetSecret(tx: Tx, id: Uuid): void {
      db.add(tx, schema.updateTable('equipment_batches').set({ secret: null }).where('id', '=', id));
    },

    async get(id: Uuid): Promise<Batch | undefined> {
      const row = await schema
        .selectFrom('equipment_batches')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && batchOf(row);
    },

    async shared(id: Uuid): Promise<SharedParameters> {
      const row = await schema
        .selectFrom('equipment_batches')
        .select(['shared as parameters', 'secret'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? { parameters: null, secret: null };
    },

    /** Newest first. */
    async list({ state, before }: BatchFilter, limit: number): Promise<Batch[]> {
      let query = schema.selectFrom('equipment_batches').selectAll().orderBy('id', 'desc').limit(limit);
      if (state) query = query.where('state', '=', state);
      if (before) query = query.where('id', '<', before);
      return (await query.execute()).map(batchOf);
    },

    /** Those that have not ended, oldest first. */
    async open(limit: number): Promise<Batch[]> {
      const query = schema
        .selectFrom('equipment_batches')
        .selectAll()
        .where('ended_at', 'is', null)
        .orderBy('id')
        .limit(limit);
      return (await query.execute()).map(batchOf);
    },

    /** Takes an Idempotency-Key for a batch; refused (`KEY_TAKEN`) where another call has it. */
    claimKey(tx: Tx, claim: BatchesSchema['equipment_batch_keys'], outdatedBefore: number): void {
      const { scope, key } = claim;
      const keys = schema
        .deleteFrom('equipment_batch_keys')
        .where('scope', '=', scope)
        .where('key', '=', key);
      db.add(tx, keys.where('created_at', '<=', outdatedBefore));
      const insert = schema
        .insertInto('equipment_batch_keys')
        .values(claim)
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: KEY_TAKEN });
    },

    async findKey(scope: string, key: string, after: number) {
      return schema
        .selectFrom('equipment_batch_keys')
        .select(['body_hash as bodyHash', 'batch_id as batchId'])
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '>', after)
        .executeTakeFirst();
    },

    /** Removes at most `limit` batches that ended before, with their devices and keys; says how many. */
    async trim(endedBefore: number, limit: number): Promise<number> {
      const old = await schema
        .selectFrom('equipment_batches')
        .select('id')
        .where('ended_at', '<', endedBefore)
        .orderBy('id')
        .limit(limit)
        .execute();
      if (old.length === 0) return 0;
      const ids = old.map(({ id }) => id);
      const tx = db.begin();
      db.add(tx, schema.deleteFrom('equipment_batch_items').where('batch_id', 'in', ids));
      db.add(tx, schema.deleteFrom('equipment_batch_keys').where('batch_id', 'in', ids));
      db.add(tx, schema.deleteFrom('equipment_batches').where('id', 'in', ids));
      await db.commit(tx);
      return ids.length;
    },
  };
}

const MILLION = 1_000_000;

/** All but what devices share. */
function rowOf(batch: Batch): Omit<BatchRow, 'shared' | 'secret'> {
  return {
    ...batch.counts,
    id: batch.id,
    name: batch.name,
    state: batch.state,
    total: batch.total,
    canary: batch.canary,
    canary_passed: Number(batch.canaryPassed),
    stop_share: Math.round(batch.stopAtFailureShare * MILLION),
    max_attempts: batch.maxAttempts,
    in_flight: batch.inFlight,
    timeout_s: batch.timeoutInSeconds,
    supersede: Number(batch.supersede),
    expires_at: batch.expiresAt,
    forgiven_ended: batch.forgiven.ended,
    forgiven_failed: batch.forgiven.failed,
    reason: batch.reason,
    created_at: batch.createdAt,
    created_by: batch.createdBy,
    changed_at: batch.changedAt,
    changed_by: batch.changedBy,
    ended_at: batch.endedAt,
    request_id: batch.trace.requestId,
    traceparent: batch.trace.traceparent,
    version: batch.version,
  };
}

function batchOf(row: BatchRow): Batch {
  const counts = Object.fromEntries(ITEM_STATES.map((state) => [state, row[state]])) as Counts;
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    total: row.total,
    canary: row.canary,
    canaryPassed: row.canary_passed === 1,
    stopAtFailureShare: row.stop_share / MILLION,
    maxAttempts: row.max_attempts,
    inFlight: row.in_flight,
    timeoutInSeconds: row.timeout_s,
    supersede: row.supersede === 1,
    expiresAt: row.expires_at,
    counts,
    forgiven: { ended: row.forgiven_ended, failed: row.forgiven_failed },
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: row.created_by,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    endedAt: row.ended_at,
    trace: { requestId: row.request_id, traceparent: row.traceparent },
    version: row.version,
  };
}
