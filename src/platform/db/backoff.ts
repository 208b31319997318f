/** Doubles from `baseMs` to `maxMs`; each wait is 50 to 100 % of that, so that many do not come back at once. */
export function backoffMs(attempt: number, baseMs: number, maxMs: number, random = Math.random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
  return full * (0.5 + random() / 2);
}
