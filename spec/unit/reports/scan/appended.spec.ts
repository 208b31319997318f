import { expect } from 'chai';
import fc from 'fast-check';
import { PhoneTable } from '../../../../src/modules/reports/scan/phone-table.js';
import { SAMPLE_BYTES, samplesOf } from '../../../../src/modules/reports/scan/samples.js';
import { reference } from '../../../support/attempts-reference.js';
import { legalRecords } from '../../../support/odd-data.js';
import { scanBytes, scanOf, statsOf } from '../../../support/scan-bytes.js';

type Form = (records: readonly string[]) => string;

/** Each keeps what it wrote up to the end of the last record, whatever is appended. */
const FORMS: Record<string, Form> = {
  array: (records) => `[${records.join(', ')}]`,
  'array on lines': (records) => `[\n${records.join(',\n')}\n]\n`,
  lines: (records) => records.map((record) => `${record.replaceAll('\n', ' ')}\n`).join(''),
  'lines, the last not ended': (records) =>
    records.map((record) => record.replaceAll('\n', ' ')).join('\r\n'),
};

describe('a file that was appended to', () => {
  it('gives what reading the whole gives, after any sequence of appends', async () => {
    const appends = fc.array(legalRecords, { minLength: 1, maxLength: 5 });
    const cut = fc.record({
      ranges: fc.integer({ min: 1, max: 4 }),
      blockBytes: fc.constantFrom(3, 64, 4096),
    });
    await fc.assert(
      fc.asyncProperty(appends, cut, fc.constantFrom(...Object.keys(FORMS)), async (steps, how, form) => {
        const records: string[] = [];
        let earlier: { table: PhoneTable; end: number } | undefined;
        for (const step of steps.filter((some) => some.length > 0)) {
          records.push(...step);
          const bytes = Buffer.from(FORMS[form]!(records));
          const { outcome, table } = await scanOf(bytes, { ...how, ...(earlier && { earlier }) });
          if (outcome.kind !== 'read') throw new Error(outcome.reason);
          expect(await statsOf(table)).to.deep.equal(reference(bytes)!.stats);
          expect(bytes.toString('latin1', 0, outcome.lastEnd)).to.match(/\}$/);
          earlier = { table, end: outcome.lastEnd };
        }
      }),
      { numRuns: 1_000 },
    );
  }).timeout(60_000);

  it('is refused where the new part is, at the byte where the whole is', async () => {
    const record = '{"phone":1,"start_date":5,"end_date":6}';
    const { outcome } = await scanOf(Buffer.from(`[${record}]`));
    const end = (outcome as { lastEnd: number }).lastEnd;
    for (const rest of [`,${record}`, `${record}]`, ',]', `,{"phone":-1}]`, `]${record}`, ',1]', 'x']) {
      const bytes = Buffer.from(`[${record}${rest}`);
      const earlier = { table: new PhoneTable(), end };
      expect(await scanBytes(bytes, { earlier })).to.deep.equal(await scanBytes(bytes));
    }
  });

  it('has no end to go on from behind an element that more digits may follow', async () => {
    for (const text of ['[1]', '[{"phone":1,"start_date":5,"end_date":6}, 12 ]', '[]', ' [ ] ']) {
      const { outcome } = await scanOf(Buffer.from(text), { skipInvalid: true });
      expect(outcome).to.include({ kind: 'read', lastEnd: -1 });
    }
  });

  it('is sampled at its start, its end and 16 places between, or whole where it is small', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (bytes) => {
        const samples = samplesOf(bytes);
        const covered = samples.reduce((sum, { length }) => sum + length, 0);
        expect(covered).to.equal(Math.min(bytes, 18 * SAMPLE_BYTES));
        expect(samples[0]!.position).to.equal(0);
        expect(samples.at(-1)!.position + samples.at(-1)!.length).to.equal(bytes);
        samples.slice(1).forEach(({ position }, index) => {
          expect(position).to.be.at.least(samples[index]!.position + samples[index]!.length);
        });
      }),
    );
  });
});
