import { hash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { BrokerTables } from './broker-tables.js';
import type { Delivery } from './broker.js';

const KEY_CHARS = 16;
const KEYS_IN_SLOT = 256;
const MOST_ROWS = 1_000;

interface Slot {
  slot: number;
  keys: readonly string[];
}

export interface RecentDeliveriesOptions {
  db: Database;
  clock: Clock;
  queue: string;
  prefetch: number;
}

/**
 * What one consumer of batches took last, in a ring of a few rows that are written with each batch. A broker delivers again
 * only what was not acknowledged, which is at most the prefetch of each consumer; so this is all that a redelivery can meet,
 * and no table grows with the messages.
 */
export class RecentDeliveries {
  readonly #owner: string;
  readonly #slots: number;
  #newest: Slot = { slot: 0, keys: [] };

  constructor(private readonly options: RecentDeliveriesOptions) {
    this.#owner = newUuid(options.clock.now());
    this.#slots = Math.ceil(options.prefetch / KEYS_IN_SLOT) + 2;
  }

  /** Those that came again and were taken before, by this consumer or any other of the queue. */
  async seen(deliveries: readonly Delivery[]): Promise<ReadonlySet<Delivery>> {
    const again = deliveries.filter(({ redelivered }) => redelivered);
    if (again.length === 0) return new Set();
    const rows = await this.#schema
      .selectFrom('broker_recent')
      .select('keys')
      .where('queue', '=', this.options.queue)
      .orderBy('taken_at', 'desc')
      .limit(MOST_ROWS)
      .execute();
    const known = new Set(rows.flatMap(({ keys }) => split(keys)));
    return new Set(again.filter((delivery) => known.has(fingerprint(delivery))));
  }

  /** Adds the deliveries to the ring in the transaction that takes them; they are in it when that is committed. */
  remember(tx: Tx, deliveries: readonly Delivery[]): void {
    let { slot, keys } = this.#newest;
    for (let at = 0; at < deliveries.length;) {
      if (keys.length === KEYS_IN_SLOT) ({ slot, keys } = this.#after(slot));
      const fits = deliveries.slice(at, at + KEYS_IN_SLOT - keys.length);
      keys = [...keys, ...fits.map(fingerprint)];
      at += fits.length;
      this.#write(tx, slot, keys);
    }
    // Where nobody knows whether it was committed, the rows stay as they may be.
    this.options.db.beforeCommit(tx, () => (committed) => {
      this.#newest = committed ? { slot, keys } : this.#after(slot);
    });
  }

  get #schema() {
    return this.options.db.schema<BrokerTables>();
  }

  #after(slot: number): Slot {
    return { slot: (slot + 1) % this.#slots, keys: [] };
  }

  #write(tx: Tx, slot: number, fingerprints: readonly string[]): void {
    const { db, clock, queue } = this.options;
    const taken_at = clock.now();
    const keys = fingerprints.join('');
    const insert = this.#schema
      .insertInto('broker_recent')
      .values({ queue, owner: this.#owner, slot, keys, taken_at })
      .onConflict((conflict) => conflict.columns(['queue', 'owner', 'slot']).doUpdateSet({ keys, taken_at }));
    db.add(tx, insert);
  }
}

function fingerprint({ messageId, body }: Delivery): string {
  const digest = hash('sha256', messageId ? `id:${messageId}` : body, 'base64');
  return digest.slice(0, KEY_CHARS);
}

function split(keys: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < keys.length; at += KEY_CHARS) found.push(keys.slice(at, at + KEY_CHARS));
  return found;
}
