import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';

const MOST_FAILURES = 20;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** Slows whoever guesses tokens: after 20 wrong ones in a minute an address gets 429 for the rest of it. */
export function createFailedAttempts(clock: Clock) {
  const failures = new LRUCache<string, { count: number; until: number }>({ max: MOST_ADDRESSES });
  return {
    /** Throws `access.too-many-failures`. */
    check(address: string): void {
      const known = failures.get(address);
      if (!known || known.count < MOST_FAILURES || known.until <= clock.now()) return;
      throw new AppError('Too many wrong tokens from this address', {
        code: 'access.too-many-failures',
        kind: 'too-many',
        retryAfterS: Math.ceil((known.until - clock.now()) / 1_000),
      });
    },
    note(address: string): void {
      const now = clock.now();
      const known = failures.get(address);
      if (known && known.until > now) known.count++;
      else failures.set(address, { count: 1, until: now + WINDOW_MS });
    },
  };
}
