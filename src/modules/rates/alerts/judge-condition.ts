import { decimalOf } from '../ratio.js';
import type { AlertState, Condition } from './alert.js';
import { changeOf, compare, measureOf, scaled } from './threshold.js';
import type { Measure } from './threshold.js';

/** What a course is to a condition. Between `met` and `clear` lies the hysteresis, where nothing changes. */
export interface Judgement {
  verdict: 'met' | 'clear' | 'between';
  /** Percent with its sign; there for `change_pct`. */
  changePct?: string;
}

/** The course, and for changes the one at the begin of the window. */
export interface Observation {
  now: Measure;
  base: Measure | undefined;
}

export type Judge = (observation: Observation) => Judgement;

const WHOLE = 10_000;
/** A change counts as over when it is less than half of what was waited for. */
const HALF = WHOLE / 2;
const PERCENT_DIGITS = 2;

/**
 * | condition | met | clear, `h` being the hysteresis |
 * |---|---|---|
 * | above V | course > V | course ≤ V × (1 − h) |
 * | below V | course < V | course ≥ V × (1 + h) |
 * | change of P % | change ≥ P, up or down | change < P / 2 |
 *
 * @param hysteresisBp hundredths of a percent
 */
export function judgeOf({ op, value }: Condition, hysteresisBp: number): Judge {
  const wanted = measureOf(value);
  if (op === 'change_pct') return ({ now, base }) => judgeChange(wanted, base && changeOf(base, now));
  const isAbove = op === 'above';
  const clear = scaled(wanted, isAbove ? WHOLE - hysteresisBp : WHOLE + hysteresisBp);
  const sign = isAbove ? 1 : -1;
  return ({ now }) => {
    if (sign * compare(now, wanted) > 0) return { verdict: 'met' };
    return { verdict: sign * compare(now, clear) <= 0 ? 'clear' : 'between' };
  };
}

function judgeChange(wanted: Measure, change: ReturnType<typeof changeOf>): Judgement {
  if (!change) return { verdict: 'between' };
  const { size, isFall } = change;
  const changePct = `${isFall ? '-' : '+'}${decimalOf(size.ratio, PERCENT_DIGITS)}`;
  if (compare(size, wanted) >= 0) return { verdict: 'met', changePct };
  return { verdict: compare(size, scaled(wanted, HALF)) < 0 ? 'clear' : 'between', changePct };
}

/** The state that follows, where it is another one. */
export function nextState(state: AlertState, { verdict }: Judgement): AlertState | undefined {
  if (state === 'armed') return verdict === 'met' ? 'fired' : undefined;
  return verdict === 'clear' ? 'armed' : undefined;
}
