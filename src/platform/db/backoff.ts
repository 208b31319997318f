/** Exponential with full jitter in the upper half: attempt 0 waits 50 to 100 % of `baseMs`. */
export function backoffMs(attempt: number, baseMs: number, maxMs: number): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
  return full * (0.5 + Math.random() / 2);
}
