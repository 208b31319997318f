import type { Clock } from '../../kernel/clock.js';
import type { NewEvent, StoredEvent } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { EventLog } from '../../kernel/event.js';
import { EVENTS_CHANNEL } from './events-channel.js';
import { createSettling } from './settled-position.js';
import { placeholders, prepared } from '../db/prepared.js';
import { createSequencer } from './sequencer.js';
import type { EventSchema } from './sequencer.js';

const MOST_AT_ONCE = 1_000;

export interface SqlEventLogOptions {
  db: Database;
  clock: Clock;
  log: Logger;
}

/** The event log over either database. `read` sees numbered events alone, so a reader never skips a late commit. */
export function createEventLog({ db, clock, log }: SqlEventLogOptions): EventLog {
  const schema = db.schema<EventSchema>();
  const insert = prepared<NewEvent, unknown>((value) =>
    schema.insertInto('events').values(placeholders(value, ['type', 'subject', 'time', 'data'])),
  );
  const position = db.dialect === 'sqlite' ? 'id' : 'position';
  const sequencer = db.dialect === 'sqlite' ? undefined : createSequencer({ db, clock, log });

  // Asked after every commit, by each who follows the log.
  const newest = prepared<object, { last: number | null }>(() =>
    schema.selectFrom('events').select((eb) => eb.fn.max(position).as('last')),
  );
  const following = prepared<{ after: number; limit: number }, StoredEvent>((value) =>
    schema
      .selectFrom('events')
      .select((eb) => [eb.ref(position).$notNull().as('position'), 'type', 'subject', 'time', 'data'])
      .where(position, '>', value('after'))
      .orderBy(position)
      .limit(value('limit')),
  );

  async function last(): Promise<number> {
    const { rows } = await schema.executeQuery(newest({}));
    return rows[0]?.last ?? 0;
  }

  return {
    append(tx: Tx, event: NewEvent): void {
      db.add(tx, insert(event));
      db.nudgeAfter(tx, EVENTS_CHANNEL);
    },

    async read(after: number, limit: number): Promise<StoredEvent[]> {
      const { rows } = await schema.executeQuery(following({ after, limit: Math.min(limit, MOST_AT_ONCE) }));
      return rows;
    },

    last,
    settled: db.dialect === 'sqlite' ? last : createSettling(db, clock, last),

    onAppended: (listener) => db.onNudge(EVENTS_CHANNEL, listener),

    async trim(beforeMs: number, limit: number): Promise<number> {
      const tx = db.begin();
      // Only the oldest are looked at: no index is needed, and a log with nothing old costs nothing.
      const oldest = schema
        .selectFrom('events')
        .select(['id', 'time'])
        .where(position, 'is not', null)
        .orderBy('id')
        .limit(limit);
      const old = schema.selectFrom(oldest.as('oldest')).select('id').where('time', '<', beforeMs);
      const removal = db.add(tx, schema.deleteFrom('events').where('id', 'in', old));
      return (await db.commit(tx)).changes(removal);
    },

    start: () => {
      sequencer?.start();
      return Promise.resolve();
    },
    stop: async () => sequencer?.stop(),
  };
}
