import { expect } from 'chai';
import fc from 'fast-check';
import { toRfc3339 } from '../../../src/kernel/clock.js';

describe('a time in RFC 3339', () => {
  it('is that of its milliseconds, whatever was asked for before', () => {
    const time = fc.oneof(
      fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
      fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_064 }),
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(time, { maxLength: 100 }), (times) => {
        for (const epochMs of times) expect(toRfc3339(epochMs)).to.equal(new Date(epochMs).toISOString());
      }),
    );
  });

  it('is refused for what is no time, also twice', () => {
    for (const wrong of [NaN, NaN, Infinity, 8.64e15 + 1])
      expect(() => toRfc3339(wrong)).to.throw(RangeError);
  });
});
