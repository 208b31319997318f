import { sql } from 'kysely';
import type { CompiledQuery, RawBuilder } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { OutgoingMessage } from './broker.js';
import type { BrokerTables } from './broker-tables.js';
import { messageFrom } from './envelope.js';

const COUNTED_AT_MOST = 10_000;
const FETCH_BYTES = 16 * 1024 * 1024;

interface HeadQuery {
  after: number;
  limit: number;
  bytes: number;
}

interface WaitingRow {
  id: number;
  envelope: string;
  body: Buffer;
  added_at: number;
}

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
  readonly #head: (values: HeadQuery) => CompiledQuery<WaitingRow>;
  readonly #remove: (values: { ids: string }) => CompiledQuery;

  constructor(private readonly db: Database) {
    const compilable = <O>(statement: RawBuilder<O>) => ({ compile: () => statement.compile(this.#schema) });
    this.#head = prepared<HeadQuery, WaitingRow>((value) =>
      compilable(sql<WaitingRow>`
      with heads as (select id, size from broker_outbox where id > ${value('after')} order by id limit ${value('limit')}),
        summed as (select id, sum(size) over (order by id) - size as before from heads)
      select id, envelope, body, added_at from broker_outbox
      where id in (select id from summed where before < ${value('bytes')}) order by id`),
    );
    const listed = (ids: RawBuilder<string>) =>
      db.dialect === 'sqlite'
        ? sql`select value from json_each(${ids})`
        : sql`select value::bigint from jsonb_array_elements_text(${ids}::jsonb) as value`;
    this.#remove = prepared((value) =>
      compilable(sql`delete from broker_outbox where id in (${listed(value('ids'))})`),
    );
  }

  get #schema() {
    return this.db.schema<BrokerTables>();
  }

  /** The oldest messages behind `after`: at most `limit`, fewer where their bodies are large. */
  async head(after: number, limit: number): Promise<WaitingMessage[]> {
    const { rows } = await this.#schema.executeQuery(this.#head({ after, limit, bytes: FETCH_BYTES }));
    return rows.map(({ id, envelope, body, added_at: addedAt }) => ({
      id,
      message: messageFrom(envelope, body),
      addedAt,
    }));
  }

  remove(tx: Tx, ids: readonly number[]): void {
    this.db.add(tx, this.#remove({ ids: JSON.stringify(ids) }));
  }

  async backlog(): Promise<Backlog> {
    const some = this.#schema.selectFrom('broker_outbox').select('id').limit(COUNTED_AT_MOST).as('some');
    const oldest = this.#schema.selectFrom('broker_outbox').select('added_at').orderBy('id').limit(1);
    // One statement, so that both are of the same moment.
    return this.#schema
      .selectFrom(some)
      .select([sql<number>`count(*)`.as('depth'), oldest.as('oldestAt')])
      .executeTakeFirstOrThrow();
  }
}
