import { expect } from 'chai';
import fc from 'fast-check';
import type { AlertState, Condition } from '../../../../src/modules/rates/alerts/alert.js';
import { changeOf, measureOf } from '../../../../src/modules/rates/alerts/threshold.js';
import type { Change, Measure } from '../../../../src/modules/rates/alerts/threshold.js';
import { isCrossed, linesOf, percentOf } from '../../../../src/modules/rates/alerts/turning-lines.js';

/** Prices in hundredths, so that a plain reading of the rules can be done in whole numbers. */
const cents = fc.integer({ min: 1, max: 100_000_000 });
const textOf = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
const measured = (amount: number) => measureOf(textOf(amount));

function conditionOf(op: Condition['op'], value: string): Condition {
  return { pair: 'BTC-USDT', op, value, windowS: op === 'change_pct' ? 3_600 : null };
}

type Verdict = 'met' | 'clear' | 'between';

/** Which of its lines a course, or its change, has crossed. */
function judgeOf(condition: Condition, bp: number) {
  const { fired, armed } = linesOf(condition, bp);
  return ({ now, change }: { now: Measure; change: Change | undefined }): Verdict => {
    const by = condition.op === 'change_pct' ? change?.size : now;
    if (!by) return 'between';
    if (isCrossed(fired, by)) return 'met';
    return isCrossed(armed, by) ? 'clear' : 'between';
  };
}

function nextState(state: AlertState, verdict: Verdict): AlertState | undefined {
  if (state === 'armed') return verdict === 'met' ? 'fired' : undefined;
  return verdict === 'clear' ? 'armed' : undefined;
}

/** The rules in whole numbers: `factor` is what every price is multiplied with, so that nothing is rounded. */
function plainState(
  state: AlertState,
  isAbove: boolean,
  [level, now]: [number, number],
  bp: number,
): AlertState {
  const isMet = isAbove ? now > level : now < level;
  const margin = BigInt(level) * BigInt(isAbove ? 10_000 - bp : 10_000 + bp);
  const isClear = isAbove ? BigInt(now) * 10_000n <= margin : BigInt(now) * 10_000n >= margin;
  if (state === 'armed') return isMet ? 'fired' : 'armed';
  return isClear ? 'armed' : 'fired';
}

describe('The state of an alert', () => {
  it('on a level follows the rules at every course, exactly', () => {
    const near = cents.chain((level) =>
      fc.tuple(
        fc.constant(level),
        fc.array(fc.oneof(cents, fc.integer({ min: Math.max(1, level - 300), max: level + 300 })), {
          maxLength: 60,
        }),
      ),
    );
    fc.assert(
      fc.property(near, fc.boolean(), fc.integer({ min: 0, max: 500 }), ([level, courses], isAbove, bp) => {
        const judge = judgeOf(conditionOf(isAbove ? 'above' : 'below', textOf(level)), bp);
        let state: AlertState = 'armed';
        for (const now of courses) {
          const next: AlertState =
            nextState(state, judge({ now: measured(now), change: undefined })) ?? state;
          expect(next).to.equal(plainState(state, isAbove, [level, now], bp));
          state = next;
        }
      }),
    );
  });

  it('on a level never fires twice without a course beyond the margin in between', () => {
    fc.assert(
      fc.property(
        cents,
        fc.array(cents, { maxLength: 80 }),
        fc.integer({ min: 1, max: 500 }),
        (level, courses, bp) => {
          const judge = judgeOf(conditionOf('above', textOf(level)), bp);
          let state: AlertState = 'armed';
          let wentBack = true;
          for (const now of courses) {
            if (BigInt(now) * 10_000n <= BigInt(level) * BigInt(10_000 - bp)) wentBack = true;
            const next = nextState(state, judge({ now: measured(now), change: undefined }));
            if (next === 'fired') {
              expect(wentBack && now > level).to.equal(true);
              wentBack = false;
            }
            state = next ?? state;
          }
        },
      ),
    );
  });

  it('on a change is the same for a rise and a fall, and back below half of it', () => {
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 20_000 }), (from, to, percentBp) => {
        const judge = judgeOf(conditionOf('change_pct', textOf(percentBp)), 10);
        const change = changeOf(measured(from), measured(to))!;
        const verdict = judge({ now: measured(to), change });
        const moved = BigInt(Math.abs(to - from)) * 10_000n;
        const wanted = BigInt(percentBp) * BigInt(from);
        expect(verdict).to.equal(moved >= wanted ? 'met' : moved * 2n < wanted ? 'clear' : 'between');
        expect(percentOf(change)).to.match(to < from ? /^-\d/ : /^\+\d/);
      }),
    );
  });

  it('is decided on the last digit, where doubles cannot tell', () => {
    const judge = judgeOf(conditionOf('above', '0.1'), 0);
    const verdictOf = (course: string) => judge({ now: measureOf(course), change: undefined });
    expect(verdictOf('0.1')).to.equal('clear');
    expect(verdictOf('0.100000000000000000000000000001')).to.equal('met');
    expect(verdictOf('0.099999999999999999999999999999')).to.equal('clear');
    const huge = judgeOf(conditionOf('below', '99999999999999999999'), 0);
    expect(huge({ now: measureOf('99999999999999999998.9'), change: undefined })).to.equal('met');
  });

  it('on a change stays as it is where nothing is known to compare with, or that is 0', () => {
    const judge = judgeOf(conditionOf('change_pct', '5'), 10);
    const told = (base: string, now: string) => {
      const change = changeOf(measureOf(base), measureOf(now));
      return [judge({ now: measureOf(now), change }), change && percentOf(change)];
    };
    expect(judge({ now: measureOf('1'), change: undefined })).to.equal('between');
    expect(told('0', '1')).to.deep.equal(['between', undefined]);
    expect(told('100', '105')).to.deep.equal(['met', '+5']);
    expect(told('100', '104.999999999999999999999')).to.deep.equal(['between', '+5']);
    expect(told('100', '66.67')).to.deep.equal(['met', '-33.33']);
  });
});
