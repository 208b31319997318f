import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database, Leadership } from '../db/database.js';
import { EVENTS_CHANNEL } from './events-channel.js';

export interface EventSchema {
  events: {
    id: Generated<number>;
    position: Generated<number | null>;
    type: string;
    subject: string;
    time: number;
    data: string;
  };
  event_sequence: { last: number };
}

const BATCH = 1_000;
const POLL_MS = 500;

/**
 * Numbers committed events, on one replica at a time. A second one that still believes to lead does no harm:
 * they take turns at the row of `event_sequence`.
 */
export function createSequencer(options: { db: Database; clock: Clock; log: Logger }): {
  start(): void;
  stop(): Promise<void>;
} {
  const { db, clock, log } = options;
  let leadership: Leadership | undefined;
  let leading = false;
  let busy: Promise<void> | undefined;
  let again = false;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;

  async function drain(): Promise<void> {
    do {
      again = false;
      try {
        while (leading && (await numberBatch(db)) === BATCH);
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'events could not be numbered; trying again');
        break;
      }
    } while (again);
  }

  function wake(): void {
    if (!leading) return;
    again = true;
    busy ??= drain().finally(() => (busy = undefined));
  }

  function poll(): void {
    wake();
    timer = clock.after(POLL_MS, poll);
  }

  return {
    start() {
      if (leadership) return;
      unsubscribe = db.onNudge(EVENTS_CHANNEL, wake);
      leadership = db.lead('event-sequencer', {
        start: () => {
          leading = true;
          poll();
        },
        stop: async () => {
          leading = false;
          timer?.cancel();
          await busy;
        },
      });
    },
    async stop() {
      unsubscribe?.();
      await leadership?.stop();
      leadership = undefined;
    },
  };
}

/** Numbers the oldest unnumbered events; returns how many. */
async function numberBatch(db: Database): Promise<number> {
  const tx = db.begin();
  const schema = db.schema<EventSchema>();
  // The row is the lock: a second sequencer counts on from what the first has committed.
  db.add(tx, sql`select last from event_sequence for update`.compile(schema));
  const numbered = db.add(
    tx,
    sql`update events set position = fresh.position
        from (select id, (select last from event_sequence) + row_number() over (order by id) as position
              from events where position is null order by id limit ${sql.lit(BATCH)}) as fresh
        where events.id = fresh.id`.compile(schema),
  );
  db.add(
    tx,
    sql`update event_sequence set last = greatest(last, (select coalesce(max(position), 0) from events))`.compile(
      schema,
    ),
  );
  const count = (await db.commit(tx)).changes(numbered);
  if (count > 0) db.nudge(EVENTS_CHANNEL);
  return count;
}
