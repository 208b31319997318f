import { sql } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { Delivery, OutgoingMessage } from './broker.js';
import type { BrokerTables } from './broker-tables.js';
import { envelopeOf, messageFrom } from './envelope.js';
import { TAKEN_ELSEWHERE } from './take-delivery.js';

const FETCH_BYTES = 16 * 1024 * 1024;

/** A message in a queue of the database. */
export interface QueuedMessage {
  id: number;
  message: OutgoingMessage;
}

/** The rows of the embedded adapter's queues. */
export class EmbeddedQueues {
  constructor(private readonly db: Database) {}

  get #schema() {
    return this.db.schema<BrokerTables>();
  }

  add(tx: Tx, queue: string, message: OutgoingMessage): void {
    const envelope = JSON.stringify(envelopeOf(message));
    const row = { queue, envelope, body: message.body, size: message.body.length };
    this.db.add(tx, this.#schema.insertInto('broker_messages').values(row));
  }

  /** In the transaction of whoever takes it; that fails as `TAKEN_ELSEWHERE` where the row is gone. */
  remove(tx: Tx, id: number): void {
    const remove = this.#schema.deleteFrom('broker_messages').where('id', '=', id);
    this.db.add(tx, remove, { rows: 1, otherwise: TAKEN_ELSEWHERE });
  }

  /** All of them, in the transaction of whoever takes them; likewise. */
  removeAll(tx: Tx, ids: readonly number[]): void {
    const each =
      this.db.dialect === 'sqlite'
        ? sql`select value from json_each(${JSON.stringify(ids)})`
        : sql`select value::bigint from json_array_elements_text(${JSON.stringify(ids)}::json)`;
    const remove = sql`delete from broker_messages where id in (${each})`.compile(this.#schema);
    this.db.add(tx, remove, { rows: ids.length, otherwise: TAKEN_ELSEWHERE });
  }

  /** At most `limit` messages after `after`, oldest first, fewer where their bodies are large; bodies are read last. */
  async read(
    queue: string,
    after: number,
    limit: number,
    skip: ReadonlySet<number>,
    mostBytes = FETCH_BYTES,
  ): Promise<QueuedMessage[]> {
    const heads = await this.#schema
      .selectFrom('broker_messages')
      .select(['id', 'size'])
      .where('queue', '=', queue)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit + skip.size)
      .execute();
    const ids = withinBudget(heads.filter((row) => !skip.has(row.id)).slice(0, limit), mostBytes);
    if (ids.length === 0) return [];
    const rows = await this.#schema
      .selectFrom('broker_messages')
      .select(['id', 'envelope', 'body'])
      .where('id', 'in', ids)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ id: row.id, message: messageFrom(row.envelope, row.body) }));
  }

  async depth(queue: string): Promise<number> {
    const row = await this.#schema
      .selectFrom('broker_messages')
      .select(sql<number>`count(*)`.as('depth'))
      .where('queue', '=', queue)
      .executeTakeFirstOrThrow();
    return row.depth;
  }

  /** The newest message of all queues; 0 when there is none. */
  async newest(): Promise<number> {
    const row = await this.#schema
      .selectFrom('broker_messages')
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.id ?? 0;
  }
}

/** The first ids whose bodies together stay within the budget; at least one. */
export function withinBudget(rows: readonly { id: number; size: number }[], bytes = FETCH_BYTES): number[] {
  let total = 0;
  const fits = rows.findIndex((row, index) => (total += row.size) > bytes && index > 0);
  return (fits === -1 ? rows : rows.slice(0, fits)).map((row) => row.id);
}

export function deliveryOf(queue: string, message: OutgoingMessage, redelivered: boolean): Delivery {
  const { contentType = 'application/json' } = message;
  return {
    queue,
    body: message.body,
    messageId: message.messageId,
    correlationId: message.correlationId,
    replyTo: message.replyTo,
    type: message.type,
    contentType: contentType === '' ? undefined : contentType,
    headers: message.headers ?? {},
    redelivered,
    ...(message.sealed && { sealed: message.sealed }),
  };
}
