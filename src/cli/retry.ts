import { setTimeout as pause } from 'node:timers/promises';
import { ApiRefusal } from './api-error.js';
import { interrupted } from './cli-error.js';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

export interface RetryOptions {
  mayRetry: (error: unknown) => boolean;
  signal: AbortSignal;
}

/** At most 6 attempts, with growing pauses and jitter; `Retry-After` is obeyed up to 10 s. */
export async function withRetries<T>(call: () => Promise<T>, { mayRetry, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === ATTEMPTS || !mayRetry(error)) throw error;
      await pauseMs(pauseAfter(attempt, error), signal);
    }
  }
}

function pauseAfter(attempt: number, error: unknown): number {
  const asked = error instanceof ApiRefusal ? (error.retryAfterS ?? 0) * 1000 : 0;
  const backoff = FIRST_PAUSE_MS * 2 ** (attempt - 1);
  return Math.min(Math.max(asked, backoff) * (1 + Math.random() / 4), LONGEST_PAUSE_MS);
}

/** Pauses; rejects with the error of an interrupt when `signal` aborts. */
export async function pauseMs(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {
    throw interrupted();
  });
}
