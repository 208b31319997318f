import { dividedBy, ratioOf, times } from '../ratio.js';
import type { Ratio } from '../ratio.js';

/** A number that others are compared with: exact, and near enough for nearly all comparisons. */
export interface Measure {
  readonly ratio: Ratio;
  readonly near: number;
}

/** Beyond this, relative to the larger of both, doubles cannot have them in the wrong order. */
const SURE = 1e-12;

export function measureOf(decimal: string): Measure {
  return { ratio: ratioOf(decimal), near: Number(decimal) };
}

/** `parts` of 10,000 of it. */
export function scaled(measure: Measure, parts: number): Measure {
  const ratio = times(measure.ratio, { over: BigInt(parts), under: 10_000n });
  return { ratio, near: (measure.near * parts) / 10_000 };
}

/** Below, at or above 0, as `a` is below, at or above `b`; exact. */
export function compare(a: Measure, b: Measure): number {
  const difference = a.near - b.near;
  if (Math.abs(difference) > SURE * Math.max(Math.abs(a.near), Math.abs(b.near))) return difference;
  const [left, right] = [a.ratio.over * b.ratio.under, b.ratio.over * a.ratio.under];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** By how many percent `now` is off `base`, and whether it is below it; undefined for a base of 0. */
export function changeOf(base: Measure, now: Measure): { size: Measure; isFall: boolean } | undefined {
  const [from, to] = [base.ratio, now.ratio];
  const moved = to.over * from.under - from.over * to.under;
  const isFall = moved < 0n;
  const distance: Ratio = { over: 100n * (isFall ? -moved : moved), under: to.under * from.under };
  const ratio = dividedBy(distance, from);
  return ratio && { size: { ratio, near: Number(ratio.over) / Number(ratio.under) }, isFall };
}
