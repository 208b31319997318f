import type { Clock } from '../../kernel/clock.js';

const WINDOW_MS = 60_000;
const ALLOWED = 20;
const MOST_ADDRESSES = 10_000;

interface Window {
  endsAt: number;
  count: number;
}

export interface FailedAttempts {
  /** Counts a failure; the seconds to wait where there were too many, else undefined. */
  add(address: string): number | undefined;
}

/**
 * Counts failures by address: 20 a minute, then callers are told to wait. A valid token always passes,
 * so nobody is shut out by a neighbour. Of more than 10,000 addresses the oldest are forgotten.
 */
export function createFailedAttempts(clock: Clock): FailedAttempts {
  const windows = new Map<string, Window>();
  return {
    add(address) {
      const now = clock.monotonic();
      let window = windows.get(address);
      if (!window || window.endsAt <= now) {
        windows.delete(address);
        windows.set(address, (window = { endsAt: now + WINDOW_MS, count: 0 }));
        if (windows.size > MOST_ADDRESSES) windows.delete(windows.keys().next().value!);
      }
      window.count++;
      return window.count > ALLOWED ? Math.ceil((window.endsAt - now) / 1000) : undefined;
    },
  };
}
