/** Pauses between attempts: doubling from `baseMs` up to `maxMs`, each spread by ±20 % so that retries do not meet. */
export interface RetryPolicy {
  baseMs: number;
  maxMs: number;
}

/** What `partingDelayMs` spreads a pause over, in shares of it. */
const [SHORTEST_SHARE, LONGEST_SHARE] = [0.2, 1.8];

/** @param random a number in [0, 1) */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: number): number {
  const delay = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(delay * (0.8 + 0.4 * random));
}

/**
 * The pause after a lost process, within `maxMs` and spread so wide that tasks that were lost together do not come back
 * together: one that takes processes down is soon alone with it.
 * @param random a number in [0, 1)
 */
export function partingDelayMs(policy: RetryPolicy, losses: number, random: number): number {
  const mean = Math.min(policy.maxMs / LONGEST_SHARE, policy.baseMs * 2 ** Math.max(0, losses - 1));
  return Math.round(mean * (SHORTEST_SHARE + (LONGEST_SHARE - SHORTEST_SHARE) * random));
}
