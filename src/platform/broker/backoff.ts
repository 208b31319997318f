/** Waiting times between attempts. */
export interface Backoff {
  /** Ceiling of the first wait, ms. */
  baseMs: number;
  /** Ceiling of any wait, ms. */
  capMs: number;
}

/**
 * How long to wait after the `attempt`th failure in a row (from 1): doubling ceilings, the wait itself
 * anywhere in the ceiling's upper half, so that many who failed together do not return together.
 */
export function backoffMs(attempt: number, { baseMs, capMs }: Backoff, random = Math.random): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2);
}
