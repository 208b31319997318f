import { expect } from 'chai';
import fc from 'fast-check';
import {
  canonicalDecimal,
  compareDecimals,
  fromSortable,
  sortableDecimal,
} from '../../../src/modules/rates/decimal.js';

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
/** Any way to write a decimal that a price may be. */
const written = fc
  .tuple(digits(1, 20), digits(0, 30))
  .map(([whole, fraction]) => (fraction === '' ? whole : `${whole}.${fraction}`));
const canonical = written.map((text) => canonicalDecimal(text)!);
/** Whole numbers in the same order, and as far apart. */
const scaled = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(30, '0'));
};

describe('decimals', () => {
  it('are written in one way', () => {
    const cases: Record<string, string> = {
      '0': '0',
      '0.000': '0',
      '007': '7',
      '54000.10': '54000.1',
      '54000.000123': '54000.000123',
      '1e-12': '0.000000000001',
      '1E12': '1000000000000',
      '1.5e+3': '1500',
      '12.34e-1': '1.234',
      '100': '100',
    };
    for (const [text, wanted] of Object.entries(cases)) expect(canonicalDecimal(text), text).to.equal(wanted);
  });

  it('are nothing else', () => {
    const wrong = [
      '',
      '-1',
      '+1',
      '.5',
      '5.',
      '1,5',
      'NaN',
      'Infinity',
      '0x10',
      ' 1',
      '1e',
      '1e999',
      '1e-40',
    ];
    for (const text of [...wrong, '1'.repeat(21), `0.${'1'.repeat(31)}`, '1'.repeat(10_000)])
      expect(canonicalDecimal(text), text).to.equal(undefined);
  });

  it('keep their value', () => {
    fc.assert(
      fc.property(written, (text) => {
        const found = canonicalDecimal(text)!;
        expect(scaled(found)).to.equal(scaled(text));
        expect(canonicalDecimal(found)).to.equal(found);
      }),
    );
  });

  it('are compared as the numbers they are, and sorted so as text', () => {
    fc.assert(
      fc.property(canonical, canonical, (a, b) => {
        const [one, other] = [scaled(a), scaled(b)];
        const wanted = one === other ? 0 : one < other ? -1 : 1;
        expect(Math.sign(compareDecimals(a, b))).to.equal(wanted);
        const [left, right] = [sortableDecimal(a), sortableDecimal(b)];
        expect(left === right ? 0 : left < right ? -1 : 1).to.equal(wanted);
        expect(fromSortable(left)).to.equal(a);
      }),
    );
  });
});
