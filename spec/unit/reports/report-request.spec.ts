import { expect } from 'chai';
import fc from 'fast-check';
import { parseReportRequest, shown } from '../../../src/modules/reports/report-request.js';
import type { RawReportRequest } from '../../../src/modules/reports/report-request.js';

const MOST = 100;

function faults(raw: RawReportRequest): string[] {
  const parsed = parseReportRequest(raw, 'numbers', MOST);
  return parsed.ok ? [] : parsed.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

function fromOf(from: unknown): number | null | undefined {
  const parsed = parseReportRequest({ phones: [1], from }, 'phones', MOST);
  return parsed.ok ? parsed.request.period.fromMs : undefined;
}

/** A moment as RFC 3339 may write it, and its epoch milliseconds worked out without Date.parse. */
const written = fc
  .record({
    ms: fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2200, 0, 1) }),
    offsetMinutes: fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }),
    digits: fc.constantFrom(0, 3, 6, 9),
    between: fc.constantFrom('T', 't', ' '),
    zulu: fc.constantFrom('Z', 'z', undefined),
  })
  .map(({ ms, offsetMinutes, digits, between, zulu }) => {
    const epochMs = digits === 0 ? Math.floor(ms / 1000) * 1000 : ms;
    const minutes = zulu === undefined ? offsetMinutes : 0;
    const local = new Date(epochMs + minutes * 60_000).toISOString();
    const fraction = digits === 0 ? '' : local.slice(19, 23).padEnd(digits + 1, '7');
    const size = Math.abs(minutes);
    const pair = (value: number): string => String(value).padStart(2, '0');
    const offset = zulu ?? `${minutes < 0 ? '-' : '+'}${pair(Math.floor(size / 60))}:${pair(size % 60)}`;
    return { text: `${local.slice(0, 10)}${between}${local.slice(11, 19)}${fraction}${offset}`, epochMs };
  });

const anything = fc.anything({ withBigInt: false, withSparseArray: false });

describe('A report request', () => {
  it('keeps each phone once, in the order asked for', () => {
    const phones = fc.array(fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat()), { minLength: 1, maxLength: MOST });
    fc.assert(
      fc.property(phones, (asked) => {
        const parsed = parseReportRequest({ phones: asked }, 'phones', MOST);
        expect(parsed).to.deep.equal({
          ok: true,
          request: { phones: [...new Set(asked)], period: { fromMs: null, toMs: null } },
        });
      }),
    );
  });

  it('takes zero however it is written, as one phone', () => {
    const parsed = parseReportRequest({ phones: [0, -0] }, 'phones', MOST);
    expect(parsed.ok && parsed.request.phones.map((phone) => Object.is(phone, 0))).to.deep.equal([true]);
  });

  it('names each fault by its place, what was expected and what came', () => {
    expect(faults({ phones: undefined })).to.deep.equal(['/numbers must be an array of phones, got nothing']);
    expect(faults({ phones: '1' })).to.deep.equal(['/numbers must be an array of phones, got "1"']);
    expect(faults({ phones: [] })).to.deep.equal(['/numbers must hold at least 1 phone, got none']);
    expect(faults({ phones: [1, -2, '3', 4.5, null, 2 ** 53] })).to.deep.equal(
      ['1 .., got -2', '2 .., got "3"', '3 .., got 4.5', '4 .., got null', '5 .., got 9007199254740992'].map(
        (fault) => `/numbers/${fault.replace('..', 'must be a whole number from 0 to 2^53-1')}`,
      ),
    );
    const many = Array.from({ length: MOST + 1 }, (_, phone) => phone);
    expect(faults({ phones: many })).to.deep.equal(['/numbers must hold at most 100 phones, got 101']);
    expect(faults({ phones: [1], from: 5, to: 5 })).to.deep.equal(['/to must be later than from']);
    expect(faults({ phones: Array(50).fill('x') })).to.have.length(20);
  });

  it('reads times as RFC 3339 writes them, to the millisecond', () => {
    fc.assert(fc.property(written, ({ text, epochMs }) => void expect(fromOf(text)).to.equal(epochMs)));
  });

  it('takes epoch milliseconds, and an open end where none came', () => {
    for (const ms of [0, -1, 8.64e15, 1_682_632_740_000]) expect(fromOf(ms)).to.equal(ms);
    for (const none of [undefined, null]) expect(fromOf(none)).to.equal(null);
  });

  it('refuses what is no time', () => {
    const wrong = ['', 'now', '2023', '2023-04-31T00:00:00Z', '2023-02-29T12:00:00Z', '2023-02-30 00:00:00Z'];
    wrong.push(
      '2023-01-01T24:00:00Z',
      '2023-01-01T00:00:60Z',
      '2023-01-01T00:60:00Z',
      '2023-00-01T00:00:00Z',
    );
    wrong.push('2023-01-01T00:00:00', '2023-01-01', '1682632740000', '2023-01-01T00:00:00+24:00');
    for (const time of [...wrong, 1.5, 8.64e15 + 1, NaN, true, {}, []]) {
      expect(fromOf(time), shown(time)).to.equal(undefined);
    }
    expect(fromOf('2024-02-29T00:00:00Z')).to.equal(Date.UTC(2024, 1, 29));
  });

  it('never throws, whatever came', () => {
    fc.assert(
      fc.property(anything, anything, anything, (phones, from, to) => {
        const parsed = parseReportRequest({ phones, from, to }, 'numbers', MOST);
        if (!parsed.ok) expect(parsed.errors.length).to.be.within(1, 23);
      }),
    );
  });

  it('shows what came in few characters, however large or deep it was', () => {
    let deep: unknown = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const shownOnes = [deep, { deep }, 'x'.repeat(1_000_000), Array(1_000_000).fill(1), '"\\'.repeat(50)];
    for (const value of shownOnes) expect(shown(value).length).to.be.at.most(70);
    expect([[], {}, [1, 'a'], null, 1, 'a', '😀'].map(shown)).to.deep.equal([
      'an empty array',
      'an object',
      'an array of 2',
      'null',
      '1',
      '"a"',
      '"😀"',
    ]);
  });
});
