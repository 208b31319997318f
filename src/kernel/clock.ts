/** A pending timer. Cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time for domain code, so that specs can hold and move it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Milliseconds on a monotonic scale, for durations; may be fractional. */
  monotonic(): number;
  /** Calls `fn` once after `delayMs`; the timer does not keep the process alive. */
  after(delayMs: number, fn: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, fn) {
    const handle = setTimeout(fn, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts (the caller looks at the signal). */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Keeps the process alive until it is cancelled: timers of a clock do not. */
export function stayAlive(): Timer {
  const handle = setInterval(() => undefined, 2 ** 31 - 1);
  return { cancel: () => clearInterval(handle) };
}

/** A power of two. */
const KEPT_TIMES = 16;
const keptTimes: { epochMs: number; text: string }[] = [];

/** RFC 3339 in UTC with milliseconds. The last few are kept: a task says the same two times again and again. */
export function toRfc3339(epochMs: number): string {
  const slot = epochMs & (KEPT_TIMES - 1);
  const kept = keptTimes[slot];
  if (kept?.epochMs === epochMs) return kept.text;
  const text = new Date(epochMs).toISOString();
  keptTimes[slot] = { epochMs, text };
  return text;
}
