import { expect } from 'chai';
import { Slots } from '../../../src/platform/db/slots.js';
import { failureOf } from '../../support/failure-of.js';

describe('slots', () => {
  it('let so many run at once, in order, and no more wait than may', async () => {
    const slots = new Slots(2, 3);
    const finish: (() => void)[] = [];
    const begun: number[] = [];
    const work = (n: number): Promise<number> =>
      slots.use(() => {
        begun.push(n);
        return new Promise((resolve) => finish.push(() => resolve(n)));
      });
    const all = [0, 1, 2, 3, 4].map(work);
    expect(await failureOf(work(5))).to.include({ code: 'db.overloaded' });
    expect(begun).to.deep.equal([0, 1]);
    for (const n of [0, 1, 2, 3, 4]) {
      finish[n]!();
      expect(await all[n]).to.equal(n);
      await Promise.resolve();
    }
    expect(begun).to.deep.equal([0, 1, 2, 3, 4]);
    await slots.idle();
  });

  it('go on after work that failed', async () => {
    const slots = new Slots(1, 1);
    const failing = failureOf(slots.use(() => Promise.reject(new Error('no'))));
    expect(await slots.use(() => Promise.resolve('yes'))).to.equal('yes');
    expect(await failing).to.be.instanceOf(Error);
  });
});
