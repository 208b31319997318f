import { decimalOf } from '../ratio.js';
import type { AlertState, Condition } from './alert.js';
import { compare, measureOf, scaled } from './threshold.js';
import type { Change, Measure } from './threshold.js';

/** What a course is to a condition. Between `met` and `clear` lies the hysteresis, where nothing changes. */
export type Verdict = 'met' | 'clear' | 'between';

/** The course, and how far it is off the one at the begin of the window; undefined where that cannot be told. */
export interface Observation {
  now: Measure;
  change: Change | undefined;
}

export type Judge = (observation: Observation) => Verdict;

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
  if (op === 'change_pct') return judgeOfChange(wanted);
  const isAbove = op === 'above';
  const clear = scaled(wanted, isAbove ? WHOLE - hysteresisBp : WHOLE + hysteresisBp);
  const sign = isAbove ? 1 : -1;
  return ({ now }) => {
    if (sign * compare(now, wanted) > 0) return 'met';
    return sign * compare(now, clear) <= 0 ? 'clear' : 'between';
  };
}

function judgeOfChange(wanted: Measure): Judge {
  const half = scaled(wanted, HALF);
  return ({ change }) => {
    if (!change) return 'between';
    if (compare(change.size, wanted) >= 0) return 'met';
    return compare(change.size, half) < 0 ? 'clear' : 'between';
  };
}

/** The state that follows, where it is another one. */
export function nextState(state: AlertState, verdict: Verdict): AlertState | undefined {
  if (state === 'armed') return verdict === 'met' ? 'fired' : undefined;
  return verdict === 'clear' ? 'armed' : undefined;
}

/** With its sign and two digits: `-5.25`. */
export function percentOf({ size, isFall }: Change): string {
  return `${isFall ? '-' : '+'}${decimalOf(size.ratio, PERCENT_DIGITS)}`;
}
