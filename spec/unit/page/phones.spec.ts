import { expect } from 'chai';
import fc from 'fast-check';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Parsed {
  phones: number[];
  problem: { key: string; part?: string } | null;
}

describe('phones as they are typed', () => {
  let parsePhones: (text: string) => Parsed;

  before(async () => {
    const address = pathToFileURL(resolve('public/core/phones.js')).href;
    ({ parsePhones } = (await import(address)) as { parsePhones: (text: string) => Parsed });
  });

  const phone = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const separator = fc.constantFrom(',', ', ', ' ', '\n', ';', '\t', ' ,\n');

  it('are each read once, in their order, whatever stands between them', () => {
    fc.assert(
      fc.property(fc.array(phone, { minLength: 1, maxLength: 50 }), separator, (phones, between) => {
        expect(parsePhones(phones.join(between))).to.deep.equal({
          phones: [...new Set(phones)],
          problem: null,
        });
      }),
    );
  });

  it('may be ranges, with any dash', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 0, max: 500 }),
        fc.constantFrom('-', ' - ', '–', ' — '),
        (first, more, dash) => {
          const { phones, problem } = parsePhones(`${first}${dash}${first + more}`);
          expect(problem).to.equal(null);
          expect(phones).to.deep.equal(Array.from({ length: more + 1 }, (_, index) => first + index));
        },
      ),
    );
  });

  it('are refused by the part that cannot be read', () => {
    const cases: [string, string][] = [
      ['1, 9-7', 'phones.backwards'],
      ['1, two', 'phones.unreadable'],
      ['-1', 'phones.unreadable'],
      ['9007199254740993', 'phones.tooLarge'],
      ['1-100001', 'phones.tooMany'],
      ['12345678901234567', 'phones.unreadable'],
    ];
    for (const [text, key] of cases) {
      const { phones, problem } = parsePhones(text);
      expect(problem?.key, text).to.equal(key);
      expect(phones).to.deep.equal([]);
    }
  });

  it('never throw, and never hold more than a request may', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(parsePhones(text).phones.length).to.be.at.most(100_000);
      }),
    );
  });
});
