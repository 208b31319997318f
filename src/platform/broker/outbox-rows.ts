import { sql } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { OutgoingMessage } from './broker.js';
import type { BrokerTables } from './broker-tables.js';
import { withinBudget } from './embedded-queue.js';
import { messageFrom } from './envelope.js';

const COUNTED_AT_MOST = 10_000;

/** A message that waits to be sent. */
export interface WaitingMessage {
  id: number;
  message: OutgoingMessage;
  /** Epoch ms. */
  addedAt: number;
}

export interface Backlog {
  /** Messages that wait; counted up to 10,000. */
  depth: number;
  /** Epoch ms at which the oldest was added; null when none waits. */
  oldestAt: number | null;
}

/** The rows of the outbox, as the relay sees them. */
export class OutboxRows {
  constructor(private readonly db: Database) {}

  get #schema() {
    return this.db.schema<BrokerTables>();
  }

  /** The oldest messages: at most `limit`, fewer where their bodies are large. */
  async head(limit: number): Promise<WaitingMessage[]> {
    const heads = await this.#schema
      .selectFrom('broker_outbox')
      .select(['id', 'size'])
      .orderBy('id')
      .limit(limit)
      .execute();
    if (heads.length === 0) return [];
    const rows = await this.#schema
      .selectFrom('broker_outbox')
      .select(['id', 'envelope', 'body', 'added_at'])
      .where('id', 'in', withinBudget(heads))
      .orderBy('id')
      .execute();
    return rows.map(({ id, envelope, body, added_at: addedAt }) => ({
      id,
      message: messageFrom(envelope, body),
      addedAt,
    }));
  }

  remove(tx: Tx, ids: readonly number[]): void {
    this.db.add(tx, this.#schema.deleteFrom('broker_outbox').where('id', 'in', ids));
  }

  async backlog(): Promise<Backlog> {
    const some = this.#schema.selectFrom('broker_outbox').select('id').limit(COUNTED_AT_MOST).as('some');
    const [count, oldest] = await Promise.all([
      this.#schema
        .selectFrom(some)
        .select(sql<number>`count(*)`.as('depth'))
        .executeTakeFirstOrThrow(),
      this.#schema.selectFrom('broker_outbox').select('added_at').orderBy('id').limit(1).executeTakeFirst(),
    ]);
    return { depth: count.depth, oldestAt: oldest?.added_at ?? null };
  }
}
