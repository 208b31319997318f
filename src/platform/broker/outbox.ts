import type { Clock } from '../../kernel/clock.js';
import type { Outbox } from '../../kernel/outbox.js';
import type { Database } from '../db/database.js';
import { placeholders, prepared } from '../db/prepared.js';
import type { BrokerTables, NewOutboxRow } from './broker-tables.js';
import { envelopeOf } from './envelope.js';

export type { Outbox } from '../../kernel/outbox.js';

/** Nudged by each commit that added messages, so that the relay does not wait for its next look. */
export const OUTBOX_CHANNEL = 'outbox';

/** The outbox over the table `broker_outbox`; a commit wakes the relay by itself. */
export function createOutbox(db: Database, clock: Clock): Outbox {
  const insert = prepared<NewOutboxRow, unknown>((value) =>
    db
      .schema<BrokerTables>()
      .insertInto('broker_outbox')
      .values(placeholders(value, ['envelope', 'body', 'size', 'added_at'])),
  );
  return {
    add(tx, message) {
      const row = {
        envelope: JSON.stringify(envelopeOf(message)),
        body: message.body,
        size: message.body.length,
        added_at: clock.now(),
      };
      db.add(tx, insert(row));
      db.nudgeAfter(tx, OUTBOX_CHANNEL);
    },
  };
}
