/** Seconds before the second attempt, the third, and so on. */
export const DEFAULT_SCHEDULE_S: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

const JITTER = 0.2;
/** A receiver that says when it wants to be called again is believed up to this. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * Milliseconds until the next attempt, ± 20 % so that what failed together does not come back together; undefined
 * where the schedule has no further one. `Retry-After` puts it off, never forward, and never past a day.
 *
 * @param tries made so far, at least 1
 * @param random from 0 to 1
 */
export function nextPauseMs(
  schedule: readonly number[],
  tries: number,
  random: number,
  retryAfterMs = 0,
): number | undefined {
  const pauseS = schedule[tries - 1];
  if (pauseS === undefined) return undefined;
  const pauseMs = pauseS * 1000 * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(pauseMs, Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)));
}

/** A `Retry-After` in milliseconds: seconds, or a date; undefined for anything else. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
