import { expect } from 'chai';
import { CourseSweeps } from '../../../../src/modules/rates/alerts/course-sweeps.js';
import type { Course } from '../../../../src/modules/rates/course.js';
import { ManualClock } from '../../../support/manual-clock.js';

const WINDOWS = 1_000;

function courseOf(direction: string, value: number): Course {
  const valueText = String(value);
  return { exchanger: 'spec', direction, valueText, at: 0, receivedAt: 0, stale: false };
}

/** Each step takes a tenth of a millisecond. */
function sweepingOver(windows: number) {
  const clock = new ManualClock();
  const seen: string[] = [];
  let inTurn = 0;
  let most = 0;
  const sweeps = new CourseSweeps<number>(clock, {
    steps: () => Array.from({ length: windows }).keys(),
    each({ direction, valueText }, step) {
      if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
      most = Math.max(most, inTurn);
      clock.advance(0.1);
      if (step === windows - 1) seen.push(`${direction} ${valueText}`);
    },
  });
  return { sweeps, seen, most: () => most };
}

describe('Courses whose windows are looked at in slices', () => {
  it('are taken one after the other, a few milliseconds in a turn', async () => {
    const { sweeps, seen, most } = sweepingOver(WINDOWS);
    for (const value of [1, 2, 3]) sweeps.hear(courseOf('BTC-USDT', value), value);
    await sweeps.idle();
    expect(seen).to.deep.equal(['BTC-USDT 1', 'BTC-USDT 2', 'BTC-USDT 3']);
    expect(most()).to.be.within(1, WINDOWS / 10);
  });

  it('wait for no other pair', async () => {
    const { sweeps, seen } = sweepingOver(WINDOWS);
    for (const value of [1, 2]) sweeps.hear(courseOf('BTC-USDT', value), value);
    sweeps.hear(courseOf('ETH-USDT', 1), 3);
    await sweeps.idle();
    expect(seen).to.deep.equal(['BTC-USDT 1', 'ETH-USDT 1', 'BTC-USDT 2']);
  });

  it('are left out, oldest first, where more come than can be looked at', async () => {
    const { sweeps, seen } = sweepingOver(WINDOWS);
    for (let value = 1; value <= 20; value++) sweeps.hear(courseOf('BTC-USDT', value), value);
    await sweeps.idle();
    expect(seen).to.deep.equal([1, 16, 17, 18, 19, 20].map((value) => `BTC-USDT ${value}`));
  });
});
