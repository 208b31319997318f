import { decimalOf } from '../ratio.js';
import type { AlertState, Condition } from './alert.js';
import { compare, measureOf, scaled } from './threshold.js';
import type { Change, Measure } from './threshold.js';

/** On which side of a line something is. */
export type Side = '>' | '>=' | '<' | '<=';

/** An alert turns when what it watches, its pair's course or the size of a change, is on that side of it. */
export interface Line {
  readonly side: Side;
  readonly at: Measure;
}

/** By the state that follows. Between both lines lies the hysteresis, where nothing changes. */
export type Lines = Readonly<Record<AlertState, Line>>;

const WHOLE = 10_000;
/** A change counts as over when it is less than half of what was waited for. */
const HALF = WHOLE / 2;
const PERCENT_DIGITS = 2;

/**
 * | condition | fires | is armed again, `h` being the hysteresis |
 * |---|---|---|
 * | above V | course > V | course ≤ V × (1 − h) |
 * | below V | course < V | course ≥ V × (1 + h) |
 * | change of P % | change ≥ P, up or down | change < P / 2 |
 *
 * @param hysteresisBp hundredths of a percent
 */
export function linesOf({ op, value }: Pick<Condition, 'op' | 'value'>, hysteresisBp: number): Lines {
  const at = measureOf(value);
  switch (op) {
    case 'above':
      return { fired: { side: '>', at }, armed: { side: '<=', at: scaled(at, WHOLE - hysteresisBp) } };
    case 'below':
      return { fired: { side: '<', at }, armed: { side: '>=', at: scaled(at, WHOLE + hysteresisBp) } };
    case 'change_pct':
      return { fired: { side: '>=', at }, armed: { side: '<', at: scaled(at, HALF) } };
  }
}

export function stateAfter(state: AlertState): AlertState {
  return state === 'armed' ? 'fired' : 'armed';
}

export function isCrossed({ side, at }: Line, by: Measure): boolean {
  const off = compare(by, at);
  if (off === 0) return side.endsWith('=');
  return off > 0 === side.startsWith('>');
}

/** With its sign and two digits: `-5.25`. */
export function percentOf({ size, isFall }: Change): string {
  return `${isFall ? '-' : '+'}${decimalOf(size.ratio, PERCENT_DIGITS)}`;
}
