import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Database } from '../db/database.js';
import type { EventSchema } from './sequencer.js';

const LOOK_MS = 5;
const PATIENCE_MS = 2_000;

/** Waits until the events that were committed before the call, and had no number yet, have theirs. */
export function createSettling(db: Database, clock: Clock, last: () => Promise<number>) {
  const schema = db.schema<EventSchema>();

  async function unnumbered(upTo = Number.MAX_SAFE_INTEGER): Promise<number> {
    const row = await schema
      .selectFrom('events')
      .select((eb) => eb.fn.max('id').as('id'))
      .where('position', 'is', null)
      .where('id', '<=', upTo)
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  return async (): Promise<number> => {
    const waitedFor = await unnumbered();
    const giveUpAt = clock.monotonic() + PATIENCE_MS;
    while (waitedFor > 0 && (await unnumbered(waitedFor)) > 0) {
      if (clock.monotonic() > giveUpAt) throw notNumbered();
      await sleep(clock, LOOK_MS);
    }
    return last();
  };
}

function notNumbered(): AppError {
  const message = 'Events are not numbered at the moment; try again';
  return new AppError(message, { code: 'events.not-numbered', kind: 'unavailable', retryAfterS: 1 });
}
