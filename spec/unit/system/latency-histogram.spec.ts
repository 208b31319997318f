import { expect } from 'chai';
import fc from 'fast-check';
import {
  LatencyTally,
  addUp,
  fromText,
  quantile,
  toText,
} from '../../../src/modules/system/latency-histogram.js';

const DAY_MS = 86_400_000;
const durations = fc.array(fc.double({ min: 0, max: DAY_MS, noNaN: true }), { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0.01, max: 1, noNaN: true });

function histogramOf(all: readonly number[]) {
  const tally = new LatencyTally();
  for (const ms of all) tally.add(ms);
  return tally.counts();
}

describe('latency histogram', () => {
  it('tells a quantile within 4 %, or a millisecond', () => {
    fc.assert(
      fc.property(durations, share, (all, q) => {
        const ascending = [...all].sort((a, b) => a - b);
        const exact = ascending[Math.ceil(all.length * q) - 1]!;
        const told = quantile(histogramOf(all), q)!;
        expect(Math.abs(told - exact)).to.be.at.most(Math.max(1, exact * 0.045));
      }),
    );
  });

  it('is the same whether one replica counted or several', () => {
    fc.assert(
      fc.property(durations, durations, share, (some, others, q) => {
        const together = quantile(histogramOf([...some, ...others]), q);
        expect(quantile(addUp([histogramOf(some), histogramOf(others)]), q)).to.equal(together);
      }),
    );
  });

  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(fc.oneof(durations, fc.constant([])), (all) => {
        const histogram = histogramOf(all);
        expect([...fromText(toText(histogram))]).to.deep.equal([...histogram]);
      }),
    );
  });

  it('has no quantile where nothing was counted', () => {
    expect(quantile(new Map(), 0.5)).to.equal(null);
  });

  it('holds few classes however much is counted', () => {
    const histogram = histogramOf(Array.from({ length: 100_000 }, (_, ms) => ms * 1_000));
    expect(histogram.size).to.be.below(250);
  });
});
