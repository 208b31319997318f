import { hash, webcrypto } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import { placeholders, prepared } from '../db/prepared.js';
import type { Delivery } from './broker.js';
import type { BrokerTables } from './broker-tables.js';

/** The `TxConflict` reason of a message that was taken before. */
export const SEEN_BEFORE = 'broker.seen-before';

const MAX_PLAIN_KEY = 200;

/** Hashed on the event loop up to this size, which takes well under a millisecond; on another thread above. */
const HASHED_HERE_BYTES = 256 * 1024;

/**
 * Names what makes two deliveries of a queue one message: the message id, else the bytes.
 * Long ids and such as a database refuses in text are hashed too.
 */
export async function messageKey(delivery: Delivery): Promise<string> {
  const id = delivery.messageId;
  if (!id) return `bytes:${await sha256(delivery.body)}`;
  return id.length > MAX_PLAIN_KEY || id.includes('\0')
    ? `id-hash:${await sha256(Buffer.from(id))}`
    : `id:${id}`;
}

async function sha256(bytes: Buffer): Promise<string> {
  if (bytes.length <= HASHED_HERE_BYTES) return hash('sha256', bytes, 'hex');
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Adds the claim on a message to the transaction that takes it. */
export type ClaimMessage = (tx: Tx, delivery: Delivery, key: string) => void;

/**
 * A claim fails as `SEEN_BEFORE` for a known message id, and for known bytes without an id where the broker says that
 * it delivers them again; the same bytes delivered for the first time are another message.
 */
export function createClaims(db: Database, clock: Clock): ClaimMessage {
  const insert = prepared<BrokerTables['broker_inbox'], unknown>((value) =>
    db
      .schema<BrokerTables>()
      .insertInto('broker_inbox')
      .values(placeholders(value, ['queue', 'key', 'taken_at']))
      .onConflict((conflict) => conflict.columns(['queue', 'key']).doNothing()),
  );
  return (tx, delivery, key) => {
    const row = insert({ queue: delivery.queue, key, taken_at: clock.now() });
    const once = Boolean(delivery.messageId) || delivery.redelivered;
    if (once) db.add(tx, row, { rows: 1, otherwise: SEEN_BEFORE });
    else db.add(tx, row);
  };
}

/**
 * Forgets messages that were taken before `olderThan` (epoch ms), at most `limit` of them, oldest first.
 * Returns how many; call again while that is `limit`.
 */
export async function trimInbox(db: Database, olderThan: number, limit: number): Promise<number> {
  const schema = db.schema<BrokerTables>();
  const old = await schema
    .selectFrom('broker_inbox')
    .select(['queue', 'key', 'taken_at'])
    .where('taken_at', '<', olderThan)
    .orderBy('taken_at')
    .limit(limit)
    .execute();
  const tx = db.begin();
  db.add(tx, schema.deleteFrom('broker_recent').where('taken_at', '<', olderThan));
  for (const row of old) {
    db.add(tx, schema.deleteFrom('broker_inbox').where('queue', '=', row.queue).where('key', '=', row.key));
  }
  await db.commit(tx);
  return old.length;
}
