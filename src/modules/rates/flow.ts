import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import { CandleMaker } from './candle-maker.js';
import type { Minute } from './candle-maker.js';
import type { Courses } from './courses.js';
import { createFeeding } from './feeding.js';
import type { FeedingDuty } from './feeding.js';
import { createIntake } from './intake.js';
import type { Word } from './quote.js';
import { encodeRate, RATES_EXCHANGE, RATE_MESSAGE, routingKeyOf } from './rate-message.js';
import type { RateMeter } from './rate-meter.js';
import type { OpenSource } from './sources/source.js';

export interface FlowDeps {
  clock: Clock;
  log: Logger;
  meter: RateMeter;
  courses: Pick<Courses, 'take'>;
  sources: readonly OpenSource[];
  /** To every replica, this one too; false where it is known to be lost. */
  tell: (news: { exchange: string; routingKey: string; body: Buffer; type: string }) => boolean;
  /** Of one pair of one source; 0: each price. */
  sendEveryMs: number;
  /** Names this replica. */
  owner: string;
  putMinutes: (minutes: readonly Minute[]) => Promise<void>;
  /** What else the replica does that feeds. */
  duties: readonly FeedingDuty[];
}

const FLUSH_EVERY_MS = 5_000;

/** The way of a price: from its source to all replicas, from the exchange into memory, and into its minute. */
export function createFlow(deps: FlowDeps) {
  const { clock, log, meter, courses } = deps;
  const minutes = new CandleMaker((count) => meter.lostMinutes(count));
  const flush = (): Promise<void> => minutes.flush(deps.putMinutes, clock.now());
  const intake = createIntake({
    ...{ clock, courses, meter },
    foreign: (word) => void (feeding.isFeeding() && minutes.add(word)),
  });
  const feeding = createFeeding({
    ...{ clock, log, meter, send, flush },
    sources: deps.sources,
    onPrice: (word) => minutes.add(word),
    sendEveryMs: deps.sendEveryMs,
    duties: [
      ...deps.duties,
      periodically({ clock, log, everyMs: FLUSH_EVERY_MS, what: 'writing the history of rates' }, flush),
    ],
  });

  function send(word: Word): void {
    const routingKey = routingKeyOf(word);
    const body = encodeRate(word, deps.owner);
    const isSent = deps.tell({ exchange: RATES_EXCHANGE, routingKey, body, type: RATE_MESSAGE });
    // Without the broker this replica at least does not go blind; the others say that they are stale.
    if (!isSent) intake.own(word);
  }

  return { feeding, message: intake.message };
}
