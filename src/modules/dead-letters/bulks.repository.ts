import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import { filteredDeadLetters } from '../../platform/broker/index.js';
import type { DeadLetterFilter } from '../../platform/broker/index.js';
import type { Database, StatementRef } from '../../platform/db/database.js';
import type { BulksTable, DeadLettersSchema } from './dead-letters.schema.js';

/** One act on many letters, as it was asked for. */
export interface Bulk {
  id: Uuid;
  action: 'replay' | 'discard';
  reason: string | null;
  by: string;
  /** Letters in a second, at most. */
  ratePerS: number;
  /** Epoch ms. */
  createdAt: number;
  trace: TraceContext;
}

export type BulkFilter = Omit<DeadLetterFilter, 'status'>;

export interface BulksRepository {
  /** Waiting letters that the filter finds and that no other bulk has. */
  count(filter: BulkFilter): Promise<number>;
  /** The first ids of those, oldest first. */
  first(filter: BulkFilter, limit: number): Promise<Uuid[]>;
  /** Adds a bulk over the oldest `limit` of those; the statement's changes are the letters that it has. */
  add(tx: Tx, bulk: Bulk, filter: BulkFilter, limit: number): StatementRef<unknown>;
  /** Oldest first. */
  open(limit: number): Promise<Bulk[]>;
  /** The next letters of a bulk, oldest first. */
  planned(bulk: Uuid, limit: number): Promise<Uuid[]>;
  /** The bulk has nothing more to do with the letter. */
  unplan(tx: Tx, letter: Uuid): void;
  /** The bulk is done with. */
  remove(tx: Tx, bulk: Uuid): void;
  /** Ends every bulk; the statement's changes are the letters that none has any more. */
  clear(tx: Tx): StatementRef<unknown>;
}

export function createBulksRepository(db: Database): BulksRepository {
  const schema = db.schema<DeadLettersSchema>();

  function found(filter: BulkFilter) {
    const planned = schema
      .selectFrom('dead_letter_plans')
      .select('letter_id')
      .whereRef('letter_id', '=', sql.ref('dead_letters.id'));
    return filteredDeadLetters(db, { ...filter, status: 'waiting' }).where((eb) =>
      eb.not(eb.exists(planned)),
    );
  }

  return {
    async count(filter) {
      const row = await found(filter)
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },
    async first(filter, limit) {
      const rows = await found(filter)
        .select('dead_letters.id')
        .orderBy('dead_letters.id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id as Uuid);
    },
    add(tx, bulk, filter, limit) {
      db.add(tx, schema.insertInto('dead_letter_bulks').values(rowOf(bulk)));
      const letters = found(filter)
        .select(['dead_letters.id', sql<string>`cast(${bulk.id} as text)`.as('bulk_id')])
        .orderBy('dead_letters.id')
        .limit(limit);
      return db.add(
        tx,
        schema
          .insertInto('dead_letter_plans')
          .columns(['letter_id', 'bulk_id'])
          .expression(letters)
          .onConflict((conflict) => conflict.doNothing()),
      );
    },
    async open(limit) {
      const rows = await schema
        .selectFrom('dead_letter_bulks')
        .selectAll()
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(bulkOf);
    },
    async planned(bulk, limit) {
      const rows = await schema
        .selectFrom('dead_letter_plans')
        .select('letter_id')
        .where('bulk_id', '=', bulk)
        .orderBy('letter_id')
        .limit(limit)
        .execute();
      return rows.map((row) => row.letter_id as Uuid);
    },
    unplan: (tx, letter) =>
      void db.add(tx, schema.deleteFrom('dead_letter_plans').where('letter_id', '=', letter)),
    remove: (tx, bulk) => void db.add(tx, schema.deleteFrom('dead_letter_bulks').where('id', '=', bulk)),
    clear(tx) {
      db.add(tx, schema.deleteFrom('dead_letter_bulks'));
      return db.add(tx, schema.deleteFrom('dead_letter_plans'));
    },
  };
}

function rowOf({ id, action, reason, by, ratePerS, createdAt, trace }: Bulk): BulksTable {
  return {
    id,
    action,
    reason,
    actor: by,
    rate_per_s: ratePerS,
    created_at: createdAt,
    request_id: trace.requestId,
    traceparent: trace.traceparent,
  };
}

function bulkOf(row: BulksTable): Bulk {
  return {
    id: row.id,
    action: row.action,
    reason: row.reason,
    by: row.actor,
    ratePerS: row.rate_per_s,
    createdAt: row.created_at,
    trace: { requestId: row.request_id, traceparent: row.traceparent },
  };
}
