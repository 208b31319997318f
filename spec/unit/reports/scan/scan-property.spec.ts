import { expect } from 'chai';
import fc from 'fast-check';
import { reference } from '../../../support/attempts-reference.js';
import { fileWithInvalidRecords, legalFile, mutatedFile } from '../../../support/odd-data.js';
import { scanBytes } from '../../../support/scan-bytes.js';

const LAST_IS_A_NUMBER = Buffer.from('{"phone":1,"start_date":5,"end_date":6}\n0');

const LAST_IS_NO_NUMBER = Buffer.from('{"phone":1,"start_date":5,"end_date":6}\n00');

const cut = fc.record({
  ranges: fc.integer({ min: 1, max: 8 }),
  blockBytes: fc.constantFrom(1, 2, 3, 7, 64, 300, 4096),
});

/** Of lines each whole one may be the last. */
function isArray(bytes: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?[ \t\r\n]*\[/.test(Buffer.from(bytes).toString('latin1'));
}

function isNumber(bytes: Uint8Array): boolean {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(Buffer.from(bytes).toString('latin1'));
}

describe('the scanner beside JSON.parse', () => {
  it('agrees on every legal file, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(legalFile, cut, async (bytes, how) => {
        const expected = reference(bytes)!;
        expect(await scanBytes(bytes, how)).to.deep.equal(expected);
        expect(await scanBytes(bytes, { generalOnly: true })).to.deep.equal(expected);
      }),
      { numRuns: 4_000 },
    );
  }).timeout(60_000);

  it('counts the records that break the rules, where they may be skipped', async () => {
    await fc.assert(
      fc.asyncProperty(fileWithInvalidRecords, cut, async (bytes, how) => {
        expect(await scanBytes(bytes, { ...how, skipInvalid: true })).to.deep.equal(reference(bytes, true));
      }),
      { numRuns: 1_000 },
    );
  }).timeout(60_000);

  it('refuses what JSON.parse and the rules refuse, at the same byte however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedFile, cut, fc.boolean(), async (bytes, how, skipInvalid) => {
        const expected = reference(bytes, skipInvalid);
        const whole = await scanBytes(bytes, { skipInvalid, generalOnly: true });
        expect('stats' in whole ? whole : undefined).to.deep.equal(expected);
        expect(await scanBytes(bytes, { ...how, skipInvalid })).to.deep.equal(whole);
      }),
      { numRuns: 5_000, examples: [[LAST_IS_A_NUMBER, { ranges: 1, blockBytes: 1 }, true]] },
    );
  }).timeout(60_000);

  it('names the first byte that is wrong: all before it could still become right', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedFile, async (bytes) => {
        const whole = await scanBytes(bytes);
        fc.pre('offset' in whole);
        const before = await scanBytes(bytes.subarray(0, whole.offset));
        // A number is whole where the file ends, and then no record; where digits follow that may not, those are wrong first.
        if ('offset' in before && isNumber(bytes.subarray(before.offset, whole.offset))) return;
        if ('offset' in before) expect(before).to.include({ offset: whole.offset, unfinished: true });
        else if (isArray(bytes)) expect(whole.reason).to.equal('something follows the end of the array');
      }),
      { numRuns: 1_000, examples: [[LAST_IS_NO_NUMBER]] },
    );
  }).timeout(60_000);

  it('agrees wherever a block ends, and in 1 to 8 ranges', async () => {
    const [first, second, third] = [
      '{"phone": 17, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": 7, "start_date": 1682632740001, "end_date": 1682632750000}',
      '{"x": "}, {\\"phone\\"", "phone": 1.7e1, "start_date": 1682632740000, "end_date": 1682632800000}',
    ] as const;
    for (const text of [
      `[${[first, second, third, second, first].join(', ')}]`,
      `${first}\n${third}\n${second}`,
    ]) {
      const bytes = Buffer.from(text);
      const expected = reference(bytes);
      for (let blockBytes = 1; blockBytes <= bytes.length; blockBytes++) {
        for (let ranges = 1; ranges <= 8; ranges++) {
          expect(await scanBytes(bytes, { blockBytes, ranges })).to.deep.equal(expected);
        }
      }
    }
  }).timeout(60_000);

  it('counts the attempts that started in the period alone', async () => {
    const bound = fc.option(fc.integer({ min: 1_681_999_999_000, max: 1_682_000_201_000 }));
    await fc.assert(
      fc.asyncProperty(legalFile, bound, bound, cut, async (bytes, fromMs, toMs, how) => {
        const period = { fromMs, toMs };
        expect(await scanBytes(bytes, { ...how, period })).to.deep.equal(reference(bytes, false, period));
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});
