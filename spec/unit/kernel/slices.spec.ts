import { expect } from 'chai';
import { giveTurns, inSlices } from '../../../src/kernel/slices.js';
import { ManualClock } from '../../support/manual-clock.js';

/** A clock that only work moves on, and the longest time that one turn of the event loop was worked in. */
function watchedTurns() {
  const clock = new ManualClock();
  let [inTurn, longest] = [0, 0];
  const work = (ms: number): void => {
    if (inTurn === 0) setImmediate(() => (inTurn = 0));
    clock.advance(ms);
    inTurn += ms;
    longest = Math.max(longest, inTurn);
  };
  return { clock, work, longest: () => longest };
}

describe('Work in slices', () => {
  it('is done whole, in order, and gives up its turn every few milliseconds', async () => {
    const { clock, work, longest } = watchedTurns();
    const done: number[] = [];
    await inSlices(clock, Array.from({ length: 5_000 }).keys(), (item) => {
      done.push(item);
      work(0.02);
    });
    expect(done).to.deep.equal([...Array.from({ length: 5_000 }).keys()]);
    expect(longest()).to.be.within(3, 5);
  });

  it('leaves a turn of its own to what follows, however many follow each other', async () => {
    const { clock, work, longest } = watchedTurns();
    for (let round = 0; round < 10; round++) {
      let left = 28;
      await giveTurns(clock, () => {
        work(0.1);
        return --left > 0;
      });
    }
    expect(longest()).to.be.below(4);
  });

  it('that is short stays within its turn', async () => {
    let isOver = false;
    setImmediate(() => (isOver = true));
    await inSlices(new ManualClock(), [1, 2, 3], () => undefined);
    expect(isOver).to.equal(false);
  });
});
