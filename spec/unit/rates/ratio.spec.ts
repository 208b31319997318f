import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalDecimal } from '../../../src/modules/rates/decimal.js';
import { decimalOf, dividedBy, ratioOf, times } from '../../../src/modules/rates/ratio.js';

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 15 }))
  .map(([digits, places]) => canonicalDecimal(`${digits}e-${places}`)!);
const above0 = decimal.filter((text) => text !== '0');

describe('ratios', () => {
  it('give back the decimal they are made of', () => {
    fc.assert(fc.property(decimal, (text) => decimalOf(ratioOf(text), 30) === text));
  });

  it('multiply without losing a digit', () => {
    expect(decimalOf(times(ratioOf('0.1'), ratioOf('0.2')))).to.equal('0.02');
    expect(decimalOf(times(ratioOf('1000000000000'), ratioOf('0.000000000001')))).to.equal('1');
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(decimalOf(times(ratioOf(a), ratioOf(b)), 60)).to.equal(
          decimalOf(times(ratioOf(b), ratioOf(a)), 60),
        );
      }),
    );
  });

  it('divide and multiply back to where they came from', () => {
    fc.assert(
      fc.property(decimal, above0, (a, b) => {
        const back = times(dividedBy(ratioOf(a), ratioOf(b))!, ratioOf(b));
        expect(decimalOf(back, 30)).to.equal(a);
      }),
    );
  });

  it('are rounded half up, and keep 20 digits of a small number', () => {
    expect(decimalOf(dividedBy(ratioOf('1'), ratioOf('3'))!)).to.equal(`0.${'3'.repeat(20)}`);
    expect(decimalOf(dividedBy(ratioOf('2'), ratioOf('3'))!, 2)).to.equal('0.67');
    expect(decimalOf(dividedBy(ratioOf('1'), ratioOf('8'))!, 2)).to.equal('0.13');
    const tiny = decimalOf(dividedBy(ratioOf('0.000000000001'), ratioOf('3000000000000'))!);
    expect(tiny).to.match(/^0\.0{24}3{19,21}$/);
  });

  it('are not divided by 0', () => {
    expect(dividedBy(ratioOf('1'), ratioOf('0'))).to.equal(undefined);
    expect(decimalOf(dividedBy(ratioOf('0'), ratioOf('7'))!)).to.equal('0');
  });
});
