/**
 * How long to wait after the `failures`th failure in a row (from 1): doubling ceilings, the wait anywhere in the
 * ceiling's upper half, so that many who lost the same server do not come back together.
 */
export function waitMs(
  failures: number,
  bounds: { baseMs: number; capMs: number },
  random: () => number,
): number {
  const ceiling = Math.min(bounds.capMs, bounds.baseMs * 2 ** Math.min(failures - 1, 20));
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2);
}
