import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalDecimal } from '../../../src/modules/rates/decimal.js';
import { decodeRate, encodeRate } from '../../../src/modules/rates/rate-message.js';

const word = fc.record({
  exchanger: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}$/),
  pair: fc.stringMatching(/^[A-Z0-9]{1,10}-[A-Z0-9]{1,10}$/),
  valueText: fc.stringMatching(/^\d{1,20}(\.\d{1,30})?$/).map((text) => canonicalDecimal(text)!),
  at: fc.integer({ min: 0, max: 8_640_000_000_000 }),
  kind: fc.constantFrom('new', 'holds', 'again', 'lost'),
});

describe('a rate on its way', () => {
  it('arrives as it left', () => {
    fc.assert(
      fc.property(word, fc.string(), (sent, by) => {
        const known = ['BITCOIN', 'TETHER', 'TRON', 'DAI', 'DASH', 'NEAR', 'AAVE', 'EOS', 'SUI', 'PEPE'];
        fc.pre(!known.some((name) => sent.pair.includes(name)));
        expect(decodeRate(encodeRate(sent, by))).to.deep.equal({ word: sent, by });
      }),
    );
  });

  it('of another program has a price as text or number, and a time as either; every digit counts', () => {
    const take = (json: string) => decodeRate(Buffer.from(json))?.word;
    const at = Date.UTC(2026, 10, 21);
    const wanted = {
      exchanger: 'bank',
      pair: 'USD-RUB',
      valueText: '90.123456789012345678',
      at,
      kind: 'new',
    };
    for (const value of ['90.123456789012345678', '"90.123456789012345678"', '9.0123456789012345678e1']) {
      for (const time of [String(at), '"2026-11-21T00:00:00Z"', '"2026-11-21T03:00:00.000+03:00"']) {
        const json = `{"exchanger":"bank","direction":"usd-rub","value": ${value} ,"at":${time},"more":[1]}`;
        expect(take(json), json).to.deep.equal(wanted);
      }
    }
    // What only our feeds may say is not taken from others.
    expect(take(`{"exchanger":"bank","direction":"usd-rub","value":1,"at":1,"kind":"lost"}`)?.kind).to.equal(
      'new',
    );
  });

  it('is nothing else, whatever comes', () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const bytes = fc.uint8Array().map((array) => Buffer.from(array));
    const near = fc
      .record(
        {
          exchanger: fc.oneof(fc.constant('bank'), fc.jsonValue()),
          direction: fc.oneof(fc.constant('USD-RUB'), fc.jsonValue()),
          value: fc.oneof(fc.constant('1.5'), fc.jsonValue()),
          at: fc.oneof(fc.constant(5), fc.jsonValue()),
          kind: fc.jsonValue(),
          by: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => Buffer.from(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(json, bytes, near), (body) => {
        const found = decodeRate(body);
        if (!found) return;
        const { exchanger, pair, valueText, at } = found.word;
        expect(exchanger).to.match(/^[a-z0-9][a-z0-9_-]{0,31}$/);
        expect(pair).to.match(/^[A-Z0-9][A-Z0-9._-]*-[A-Z0-9][A-Z0-9._]*$/);
        expect(canonicalDecimal(valueText)).to.equal(valueText);
        expect(Number.isSafeInteger(at)).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
    expect(decodeRate(Buffer.alloc(5_000, 0x20))).to.equal(undefined);
  });
});
