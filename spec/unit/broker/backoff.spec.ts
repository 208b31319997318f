import { expect } from 'chai';
import fc from 'fast-check';
import { backoffMs } from '../../../src/platform/broker/backoff.js';

describe('backoff', () => {
  const backoff = { baseMs: 100, capMs: 5_000 };

  it('doubles its ceiling up to the cap', () => {
    const ceilings = [1, 2, 3, 6, 7, 1_000].map((attempt) => backoffMs(attempt, backoff, () => 1));
    expect(ceilings).to.deep.equal([100, 200, 400, 3_200, 5_000, 5_000]);
  });

  it('stays within the upper half of its ceiling', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, dice) => {
          const ceiling = backoffMs(attempt, backoff, () => 1);
          const wait = backoffMs(attempt, backoff, () => dice);
          expect(wait).to.be.within(ceiling / 2, ceiling);
        },
      ),
    );
  });
});
