import { expect } from 'chai';
import type { Range } from '../../../../src/modules/reports/scan/range.js';
import { planRanges } from '../../../../src/modules/reports/scan/range.js';
import { createRegularLane } from '../../../../src/modules/reports/scan/regular-lane.js';
import { scanRange } from '../../../../src/modules/reports/scan/scan-range.js';
import { scanRanges } from '../../../../src/modules/reports/scan/scan-ranges.js';
import { reference } from '../../../support/attempts-reference.js';
import { scanBytes } from '../../../support/scan-bytes.js';

const RECORD = '{"phone": 17, "start_date": 1682632740000, "end_date": 1682632800000}';

function fileOf(records: readonly string[]): Buffer {
  return Buffer.from(`[${records.join(', ')}]`);
}

async function scansOf(bytes: Uint8Array, ranges: number, blockBytes?: number): Promise<Range[]> {
  const scans: Range[] = [];
  const options = { ranges, onScan: (range: Range) => scans.push(range), ...(blockBytes && { blockBytes }) };
  expect(await scanBytes(bytes, options)).to.deep.equal(reference(bytes));
  return scans;
}

describe('ranges of a file', () => {
  it('cover the file without gap or overlap', () => {
    for (const [size, bytes] of [
      [0, 10],
      [1, 10],
      [99, 10],
      [1000, 7],
    ] as const) {
      const ranges = planRanges(size, bytes);
      expect(ranges[0]).to.include({ from: 0, start: 'file' });
      expect(ranges.at(-1)!.limit).to.equal(Infinity);
      ranges.slice(1).forEach((range, index) => expect(range.from).to.equal(ranges[index]!.limit));
    }
  });

  it('are each scanned once where records look like records', async () => {
    const scans = await scansOf(fileOf(Array.from({ length: 400 }, () => RECORD)), 8);
    expect(scans.map((range) => range.start)).to.deep.equal(['file', ...Array<string>(7).fill('guess')]);
  });

  it('are scanned again where the guess was wrong, and only those', async () => {
    const records = Array.from({ length: 400 }, () => RECORD);
    const trap = `${RECORD}, ${RECORD}, ${RECORD}, ${RECORD}`.replaceAll('"', '\\"');
    const inString = `{"note": "${trap.repeat(30).replaceAll('\\"', "'")}", ${RECORD.slice(1)}`;
    const inNested = `{"note": [${Array.from({ length: 100 }, () => RECORD).join(', ')}], ${RECORD.slice(1)}`;
    const bytes = fileOf([...records.slice(0, 100), inString, inNested, ...records]);
    const again = (await scansOf(bytes, 8)).filter((range) => range.start === 'element');
    expect(again.length).to.be.within(1, 3);
  });

  it('are read one after the other where guessing fails again and again', async () => {
    const nested = `{"note": [${Array.from({ length: 60 }, () => RECORD).join(', ')}], ${RECORD.slice(1)}`;
    const scans = await scansOf(fileOf(Array.from({ length: 16 }, () => nested)), 13);
    expect(scans.filter((range) => range.start === 'guess').length).to.be.below(8);
  });

  it('may be smaller than a record', async () => {
    const long = `{"note": "${'x'.repeat(5_000)}", ${RECORD.slice(1)}`;
    await scansOf(fileOf([RECORD, long, RECORD]), 8);
    await scansOf(fileOf([RECORD, long, RECORD]), 8, 16);
    await scansOf(
      Buffer.from(`[${' '.repeat(3_000)}${RECORD}${'\n'.repeat(3_000)},${RECORD}${' '.repeat(5_000)}]   `),
      8,
    );
  });

  it('end soon after they are cancelled', () => {
    const bytes = fileOf(Array.from({ length: 10_000 }, () => RECORD));
    let reads = 0;
    const outcome = scanRange(
      { from: 0, limit: Infinity, start: 'file' },
      { size: bytes.length, format: 'array', period: { fromMs: null, toMs: null }, skipInvalid: false },
      {
        read(into, length, position) {
          reads++;
          return bytes.copy(into, 0, position, position + length);
        },
        cancelled: () => reads === 2,
        progress: () => undefined,
      },
      createRegularLane(4096),
    );
    expect(outcome).to.deep.equal({ kind: 'cancelled' });
    expect(reads).to.equal(2);
  });

  it('are all awaited, and asked to end, before a failure of one is passed on', async () => {
    const events: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const work = scanRanges({
      ranges: planRanges(300, 100),
      concurrency: 3,
      async run(_, index) {
        if (index === 0) throw new Error('the thread died');
        await held;
        events.push(`range ${index} ended`);
        return { kind: 'cancelled' };
      },
      accept: () => Promise.resolve(),
      abandon() {
        events.push('abandoned');
        release();
      },
    });
    const failure = await work.catch((error: unknown) => error);
    expect((failure as Error).message).to.equal('the thread died');
    expect(events).to.deep.equal(['abandoned', 'range 1 ended', 'range 2 ended']);
  });
});
