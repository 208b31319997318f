import { expect } from 'chai';
import {
  appendFile,
  mkdtemp,
  open as openFile,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Aggregate } from '../../../src/modules/reports/aggregate.js';
import { createAggregator } from '../../../src/modules/reports/aggregator.js';
import type { Aggregator } from '../../../src/modules/reports/aggregator.js';
import type { Cache } from '../../../src/platform/cache/cache.js';
import { createSqliteCache } from '../../../src/platform/cache/sqlite-cache.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import type { WorkerPool } from '../../../src/platform/worker-pool/worker-pool.js';
import { reference } from '../../support/attempts-reference.js';
import { appErrorOf } from '../../support/failure-of.js';
import { RecordingLog } from '../../support/recording-log.js';
import { bytesOf, recordOf } from '../../support/sample-attempts.js';
import { zstdOf } from '../../support/zstd-frame.js';

const ASKED = [0, 7, 199, 3];

describe('forms of the data file', () => {
  let pool: WorkerPool;
  let sample: Buffer;
  let folder: string;
  let file: string;
  let cache: Cache;
  let aggregator: Aggregator;
  let log: RecordingLog;

  before(async () => {
    pool = createWorkerPool({ threads: 2, maxQueue: 50, log: new RecordingLog() });
    await pool.start();
    sample = await bytesOf(40_000);
  });
  after(() => pool.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forms-'));
    file = join(folder, 'data.json');
    await start();
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    log = new RecordingLog();
    cache = createSqliteCache({ file: join(folder, 'cache.sqlite'), clock: systemClock, log });
    await cache.start();
    aggregator = createAggregator({ pool, cache, clock: systemClock, log, dataFile: file, settleMs: 0 });
    await aggregator.start();
  }

  async function stop(): Promise<void> {
    await aggregator.stop();
    await cache.stop();
  }

  function ask(phones: readonly number[] = ASKED): Promise<Aggregate> {
    const period = { fromMs: null, toMs: null };
    return aggregator.aggregate({ phones, period }, { signal: new AbortController().signal });
  }

  async function expectRead(plain: Uint8Array): Promise<void> {
    const { stats } = reference(plain)!;
    const found = await ask();
    expect(found.cached).to.equal(false);
    expect(found.stats).to.deep.equal(ASKED.flatMap((phone) => stats.get(phone) ?? []));
  }

  /** From where each pass read the file. */
  function readFrom(): number[] {
    return log.entries.flatMap(({ message, fields }) =>
      message === 'read the data file' ? [(fields as { from: number }).from] : [],
    );
  }

  function linesOf(array: Buffer): Buffer {
    return Buffer.from(`${array.toString().trim().slice(1, -1).replaceAll('}, {', '}\n{')}\n`);
  }

  /** Overwrites the closing bracket of the array, as a program does that adds to it. */
  async function appendToArray(records: string): Promise<void> {
    const text = await readFile(file);
    const handle = await openFile(file, 'r+');
    await handle.write(`, ${records}]\n`, text.lastIndexOf(']'));
    await handle.close();
  }

  it('may be an array or lines, plain, gzip or zstd, whatever the name says', async () => {
    const lines = linesOf(sample);
    const cut = 1_000_000;
    for (const plain of [sample, lines]) {
      await writeFile(file, plain);
      await expectRead(plain);
      await writeFile(file, gzipSync(plain));
      await expectRead(plain);
      // One member behind the other is one text.
      await writeFile(file, Buffer.concat([gzipSync(plain.subarray(0, cut)), gzipSync(plain.subarray(cut))]));
      await expectRead(plain);
      await writeFile(file, zstdOf(plain));
      await expectRead(plain);
    }
  });

  it('is refused where packed data are cut, spoilt or followed by something', async () => {
    const packed = gzipSync(sample, { level: 1 });
    const spoilt = Buffer.from(packed);
    spoilt[packed.length - 6]! ^= 1;
    const zstd = zstdOf(sample);
    const text = zstdOf(Buffer.from(`[${recordOf(1, 5)},{"phone":1}]`));
    const cases: [Buffer, RegExp][] = [
      [packed.subarray(0, -9), /at byte \d+: the gzip data end too early$/],
      [spoilt, /the gzip data are corrupt near there$/],
      [Buffer.concat([packed, Buffer.from('more')]), /(corrupt near there|something follows the gzip data)$/],
      [zstd.subarray(0, -9), /the zstd data end too early$/],
      [Buffer.concat([zstd, Buffer.from('x'.repeat(30))]), /the zstd data are corrupt near there$/],
      [text, /at byte 65: start_date is missing \(counted in the unpacked data\)$/],
    ];
    for (const [bytes, message] of cases) {
      await writeFile(file, bytes);
      const failure = await appErrorOf(ask());
      expect(failure.code).to.equal('reports.data-damaged');
      expect(failure.message).to.match(message);
    }
  });

  it('has its new part read alone where it was appended to, array or lines, after a restart too', async () => {
    const newer = (await bytesOf(500, 9)).toString().trim().slice(1, -1);
    for (const plain of [sample, linesOf(sample)]) {
      await writeFile(file, plain);
      await expectRead(plain);
      const { size } = await stat(file);
      const append =
        plain === sample
          ? appendToArray
          : (text: string) => appendFile(file, text.replaceAll('}, {', '}\n{'));
      await append(newer);
      await expectRead(await readFile(file));
      await stop();
      const [first, second] = readFrom().slice(-2);
      expect([first, second]).to.deep.equal([0, plain.lastIndexOf('}') + 1]);
      await start();
      await append(plain === sample ? recordOf(7, 99) : `\n${recordOf(7, 99)}\n`);
      await expectRead(await readFile(file));
      expect(readFrom().at(-1)).to.be.at.least(size);
    }
  });

  it('is read whole where it is another file, smaller, or not the same in a sampled place', async () => {
    const spoil: (() => Promise<void>)[] = [
      async () => {
        await writeFile(
          `${file}.new`,
          Buffer.concat([sample.subarray(0, -2), Buffer.from(`,${recordOf(1, 1)}]`)]),
        );
        await rename(`${file}.new`, file);
      },
      () => writeFile(file, `[${recordOf(7, 8)}]`),
      async () => {
        const changed = Buffer.from(sample);
        changed.write('7', changed.indexOf('"phone": ') + 9);
        await writeFile(file, Buffer.concat([changed.subarray(0, -2), Buffer.from(`,${recordOf(1, 1)}]`)]));
      },
    ];
    for (const change of spoil) {
      await writeFile(file, sample);
      await ask();
      await change();
      await expectRead(await readFile(file));
      expect(readFrom().at(-1)).to.equal(0);
    }
  });

  it('is not answered from longer than its oldest part', async () => {
    await writeFile(file, sample);
    await ask();
    const before = await earliestExpiry();
    await appendToArray(recordOf(7, 99));
    await ask();
    expect(await earliestExpiry()).to.equal(before);
  });

  /** Of the marks that are kept. */
  async function earliestExpiry(): Promise<number> {
    await aggregator.stop();
    const latest = (await cache.get('pass2///fail/latest'))!;
    const { expiresAt } = JSON.parse((await cache.get(`${latest}/mark`))!) as { expiresAt: number };
    await stop();
    await start();
    return expiresAt;
  }

  it('may hold a hundred thousand phones, in one part or many', async () => {
    const phones = Array.from({ length: 100_000 }, (_, index) => index * 90_071);
    const records = phones.flatMap((phone) => [recordOf(phone, 5), recordOf(phone, 6)]);
    await writeFile(file, `[${records.join(',')}]`);
    const found = await ask([0, 90_071 * 99_999, 1]);
    expect(found.stats.map(({ attempts, maxMs }) => [attempts, maxMs])).to.deep.equal([
      [2, 6_000],
      [2, 6_000],
    ]);
    expect(found.notFound).to.deep.equal([1]);
    await appendToArray(recordOf(90_071, 7));
    const grown = await ask([90_071, 90_072]);
    expect(grown.stats[0]).to.include({ attempts: 3, maxMs: 7_000 });
    expect(grown.notFound).to.deep.equal([90_072]);
    expect(readFrom().at(-1)).to.be.above(0);
  });
});
