import { expect } from 'chai';
import fc from 'fast-check';
import { PriceWindow } from '../../../../src/modules/rates/alerts/price-window.js';
import { measureOf } from '../../../../src/modules/rates/alerts/threshold.js';

const sample = (at: number, value: number) => ({ at, measure: measureOf(String(value)) });

describe('The prices of a window', () => {
  it('begin with the one that held at its begin, to a hundredth of it, and stay few', () => {
    const steps = fc.array(fc.record({ after: fc.integer({ min: 1, max: 400 }), value: fc.nat(1_000) }), {
      minLength: 1,
      maxLength: 600,
    });
    fc.assert(
      fc.property(steps, (courses) => {
        const window = new PriceWindow(10_000);
        const all: { at: number; value: number }[] = [];
        let now = 0;
        for (const { after, value } of courses) {
          now += after;
          all.push({ at: now, value });
          window.add(sample(now, value));
          const begin = now - 10_000;
          const near = all.filter(({ at }, index) => {
            const next = all[index + 1]?.at ?? Infinity;
            return at <= Math.max(begin, all[0]!.at) && next > begin - 100;
          });
          expect(near.map(({ value: known }) => known)).to.include(window.base(now)!.near);
          expect(window.size).to.be.at.most(102);
        }
      }),
    );
  });

  it('hold what was known before in front of what came since', () => {
    const window = new PriceWindow(60_000);
    window.add(sample(50_000, 5));
    window.seed([sample(0, 1), sample(30_000, 3), sample(50_500, 9)]);
    expect([30_000, 70_000, 95_000, 200_000].map((now) => window.base(now)!.near)).to.deep.equal([
      1, 1, 3, 5,
    ]);
    expect(new PriceWindow(1).base(1)).to.equal(undefined);
  });
});
