import type { Clock } from '../../../kernel/clock.js';

export interface BreakerOptions {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Failures in a row that open it. */
  threshold: number;
  /** Before the first try; doubled after each that fails, up to `maxMs`, spread by ±20 %. */
  baseMs: number;
  maxMs: number;
  /** Told when it opens and when it closes. */
  onChange: (isOpen: boolean, detail: string) => void;
}

export type Breaker = ReturnType<typeof createBreaker>;

/**
 * A circuit breaker: after some failures in a row nothing is sent for a while, then one call at a time is let through, and the first
 * that reaches the service closes it.
 */
export function createBreaker({ clock, random, threshold, baseMs, maxMs, onChange }: BreakerOptions) {
  let failures = 0;
  let openings = 0;
  let openUntil: number | undefined;
  let detail = '';
  let isTrying = false;

  function pause(): number {
    return Math.min(maxMs, baseMs * 2 ** Math.min(openings++, 20)) * (0.8 + 0.4 * random());
  }

  return {
    /** Calls that may be begun now: any number, or while it is open none, or one to try. */
    allows(): number {
      if (openUntil === undefined) return Infinity;
      return isTrying || clock.monotonic() < openUntil ? 0 : 1;
    },
    /** The one call is under way; no other until it has ended. */
    trying(): void {
      isTrying = openUntil !== undefined;
    },
    /** The one call was not made after all. */
    notTried(): void {
      isTrying = false;
    },
    /** Milliseconds until the next try; 0 where there may be one now. */
    waitMs: (): number => (openUntil === undefined ? 0 : Math.max(0, openUntil - clock.monotonic())),
    reached(): void {
      isTrying = false;
      failures = 0;
      openings = 0;
      if (openUntil === undefined) return;
      openUntil = undefined;
      onChange(false, detail);
    },
    failed(why: string): void {
      const wasTrying = isTrying;
      isTrying = false;
      detail = why;
      if (openUntil !== undefined) {
        // Calls that were in flight when it opened say nothing new.
        if (wasTrying) openUntil = clock.monotonic() + pause();
        return;
      }
      if (++failures < threshold) return;
      openUntil = clock.monotonic() + pause();
      onChange(true, why);
    },
    /** Why it is open. */
    trouble: (): string | undefined => (openUntil === undefined ? undefined : detail),
  };
}
