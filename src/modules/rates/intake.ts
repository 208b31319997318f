import type { Clock } from '../../kernel/clock.js';
import type { Courses } from './courses.js';
import type { Word } from './quote.js';
import { decodeRate } from './rate-message.js';
import type { RateMeter } from './rate-meter.js';

export interface IntakeDeps {
  clock: Clock;
  courses: Pick<Courses, 'take'>;
  meter: Pick<RateMeter, 'taken' | 'dropped' | 'skewed'>;
  /** Told of each price of another program, for the history. */
  foreign: (word: Word) => void;
}

const MOST_AHEAD_MS = 5_000;

/** Takes rates from the exchange into memory, whoever published them. */
export function createIntake({ clock, courses, meter, foreign }: IntakeDeps) {
  function take(word: Word, own: boolean): void {
    const taken = courses.take(word, own);
    if (taken === 'late' || taken === 'refused') meter.dropped(own ? word.exchanger : OTHERS, taken);
    else meter.taken(own ? word.exchanger : OTHERS);
    if (!own && taken === 'taken') foreign(word);
  }

  /** A clock ahead of ours must not make what comes after it look old. */
  function inOurTime(word: Word): Word {
    const now = clock.now();
    if (word.at - now <= MOST_AHEAD_MS) return word;
    meter.skewed(OTHERS, 'ahead');
    return { ...word, at: now };
  }

  return {
    /** From a feed of this process, where there is no broker to bring it. */
    own: (word: Word): void => take(word, true),
    message: ({ body }: { body: Buffer }): void => {
      const message = decodeRate(body);
      if (!message) return meter.dropped(OTHERS, 'malformed');
      const isOwn = message.by !== undefined;
      take(isOwn ? message.word : inOurTime(message.word), isOwn);
    },
  };
}

/** Names of other programs are not ours to bound: they are counted together. */
const OTHERS = 'other';
