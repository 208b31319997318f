/** Pauses between attempts: doubling from `baseMs` up to `maxMs`, each spread by ±20 % so that retries do not meet. */
export interface RetryPolicy {
  baseMs: number;
  maxMs: number;
}

/** @param random a number in [0, 1) */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: number): number {
  const delay = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(delay * (0.8 + 0.4 * random));
}
