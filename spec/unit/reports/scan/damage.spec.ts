import { expect } from 'chai';
import { scanBytes } from '../../../support/scan-bytes.js';

const GOOD = '{"phone":1,"start_date":5,"end_date":6}';

interface Case {
  name: string;
  text: string | Uint8Array;
  offset: number;
  reason: string | RegExp;
  unfinished?: boolean;
}

function inSecond(record: string, reason: string): Case {
  return { name: reason, text: `[${GOOD}, ${record}]`, offset: GOOD.length + 3, reason };
}

const CASES: Case[] = [
  {
    name: 'an empty file',
    text: '',
    offset: 0,
    reason: 'the data ends before its array does',
    unfinished: true,
  },
  { name: 'a file that stops', text: `[${GOOD},`, offset: 41, reason: /ends before/, unfinished: true },
  {
    name: 'a file that stops in a number',
    text: '[{"phone":1',
    offset: 11,
    reason: /ends before/,
    unfinished: true,
  },
  { name: 'a text', text: ' "a"', offset: 1, reason: 'expected "[" of an array or "{" of a record a line' },
  { name: 'a second array', text: '[] []', offset: 3, reason: 'something follows the end of the array' },
  { name: 'a comma too many', text: `[${GOOD},]`, offset: 41, reason: 'expected a value' },
  {
    name: 'a missing comma',
    text: `[${GOOD} ${GOOD}]`,
    offset: 41,
    reason: 'expected "," or "]" after a record',
  },
  { name: 'a needless 0', text: '[{"phone":01}]', offset: 11, reason: 'a number begins with a needless 0' },
  { name: 'a lone point', text: '[{"phone":1.}]', offset: 12, reason: 'expected a digit' },
  { name: 'a word that is none', text: '[{"a":trux}]', offset: 9, reason: 'expected true, false or null' },
  {
    name: 'a line feed in a string',
    text: '["a\nb"]',
    offset: 3,
    reason: 'a control character stands in a string',
  },
  {
    name: 'half a byte order mark',
    text: Buffer.of(0xef, 0xbb, 0x5b),
    offset: 2,
    reason: 'the text is not UTF-8',
  },
  { name: 'a byte order mark further in', text: '[\uFEFF]', offset: 1, reason: 'expected a value' },
  { name: 'UTF-16', text: Buffer.from('\uFEFF[]', 'utf16le'), offset: 0, reason: /expected "\["/ },
  {
    name: 'an overlong form',
    text: Buffer.of(0x5b, 0x22, 0xc0, 0xaf),
    offset: 2,
    reason: 'the text is not UTF-8',
  },
  {
    name: 'a surrogate',
    text: Buffer.of(0x5b, 0x22, 0xed, 0xa0, 0x80),
    offset: 3,
    reason: 'the text is not UTF-8',
  },
  { name: 'a bad escape', text: '["\\x"]', offset: 3, reason: 'a backslash is followed by no known escape' },
  { name: 'a bad \\u', text: '["\\u00g0"]', offset: 6, reason: 'expected four hexadecimal digits after \\u' },
  {
    name: 'a bracket of the other kind',
    text: '[{"a":[1}]',
    offset: 8,
    reason: 'expected "," or "]" after a value',
  },
  inSecond('{"start_date":5,"end_date":6}', 'phone is missing'),
  inSecond('{"phone":5,"end_date":6}', 'start_date is missing'),
  inSecond('{"phone":5,"start_date":6}', 'end_date is missing'),
  inSecond(
    '{"phone":"5","start_date":5,"end_date":6}',
    'phone is not a whole number from 0 to 9007199254740991',
  ),
  inSecond(
    '{"phone":1,"start_date":5.5,"end_date":6}',
    'start_date is not a whole number of milliseconds within 8.64e15 of 1970',
  ),
  inSecond(
    '{"phone":1,"start_date":5,"end_date":9e15}',
    'end_date is not a whole number of milliseconds within 8.64e15 of 1970',
  ),
  inSecond('{"phone":1,"start_date":5,"end_date":4}', 'end_date is before start_date'),
  inSecond('[1]', 'the record is not an object'),
];

describe('what the scanner says of damage', () => {
  for (const { name, text, offset, reason, unfinished = false } of CASES) {
    it(`names the byte and the reason: ${name}`, async () => {
      const bytes = Buffer.from(text);
      for (const ranges of [1, 3, 8]) {
        const found = await scanBytes(bytes, { ranges });
        expect(found).to.include({ offset, unfinished });
        expect((found as { reason: string }).reason).to.match(
          typeof reason === 'string'
            ? new RegExp(`^${reason.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
            : reason,
        );
      }
    });
  }

  it('reports illegal JSON even where invalid records may be skipped', async () => {
    const found = await scanBytes(Buffer.from(`[${GOOD}, {"phone":-1}, {"phone":+1}]`), {
      skipInvalid: true,
    });
    expect(found).to.include({ offset: 65, reason: 'expected a value' });
  });

  it('reports the first of several, whichever range finds it', async () => {
    const records = Array.from({ length: 400 }, () => GOOD);
    records[350] = '{"phone":nil}';
    records[120] = '{"phone":1,"start_date":5,"end_date":4}';
    const bytes = Buffer.from(`[${records.join(',')}]`);
    for (let ranges = 1; ranges <= 8; ranges++) {
      expect(await scanBytes(bytes, { ranges })).to.include({
        offset: 1 + 120 * (GOOD.length + 1),
        reason: 'end_date is before start_date',
      });
    }
  });

  it('reads a million levels of nesting, and finds the bracket that is wrong at their end', async () => {
    const deep = 1_000_000;
    const legal = `[{"extra":${'['.repeat(deep)}${']'.repeat(deep)},${GOOD.slice(1)}]`;
    const read = await scanBytes(Buffer.from(legal), { ranges: 4 });
    expect(read).to.have.property('skipped', 0);
    const wrong = `[{"extra":${'['.repeat(deep)}${']'.repeat(deep - 1)}},${GOOD.slice(1)}]`;
    expect(await scanBytes(Buffer.from(wrong), { ranges: 4 })).to.include({ offset: 10 + 2 * deep - 1 });
  });
});
