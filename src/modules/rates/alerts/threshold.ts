import { ratioOf, times } from '../ratio.js';
import type { Ratio } from '../ratio.js';

/** A number that others are compared with: near enough for nearly all comparisons, and exact where it is asked for. */
export interface Measure {
  readonly near: number;
  readonly ratio: Ratio;
}

/** Further apart than this, relative to the larger of both or to 1, doubles cannot have them in the wrong order. */
const SURE = 1e-9;

class LazyMeasure implements Measure {
  #ratio: Ratio | undefined;

  constructor(
    readonly near: number,
    private readonly exact: () => Ratio,
  ) {}

  get ratio(): Ratio {
    return (this.#ratio ??= this.exact());
  }
}

/** @param decimal in canonical form */
export function measureOf(decimal: string): Measure {
  return new LazyMeasure(Number(decimal), () => ratioOf(decimal));
}

/** `parts` of 10,000 of it. */
export function scaled(measure: Measure, parts: number): Measure {
  const exact = (): Ratio => times(measure.ratio, { over: BigInt(parts), under: 10_000n });
  return new LazyMeasure((measure.near * parts) / 10_000, exact);
}

/** Below, at or above 0, as `a` is below, at or above `b`; exact. */
export function compare(a: Measure, b: Measure): number {
  const difference = a.near - b.near;
  if (Math.abs(difference) > SURE * Math.max(Math.abs(a.near), Math.abs(b.near), 1)) return difference;
  const [left, right] = [a.ratio.over * b.ratio.under, b.ratio.over * a.ratio.under];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** How far a price is off another one. */
export interface Change {
  /** Percent, without a sign. */
  size: Measure;
  isFall: boolean;
}

/** Undefined for a base of 0. */
export function changeOf(base: Measure, now: Measure): Change | undefined {
  if (base.near === 0) return undefined;
  const near = (Math.abs(now.near - base.near) / base.near) * 100;
  return {
    size: new LazyMeasure(near, () => exactChange(base.ratio, now.ratio)),
    isFall: compare(now, base) < 0,
  };
}

function exactChange(from: Ratio, to: Ratio): Ratio {
  const moved = to.over * from.under - from.over * to.under;
  return { over: 100n * (moved < 0n ? -moved : moved), under: to.under * from.over };
}
