import { expect } from 'chai';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANCEL_WORD, FIRST_PROGRESS_WORD } from '../../../src/modules/reports/scan/range-jobs.js';
import type { RangeOutcome } from '../../../src/modules/reports/scan/range.js';
import { SUM_LOW } from '../../../src/modules/reports/scan/phone-table.js';
import { packedShard, unpackShard } from '../../../src/modules/reports/scan/shards.js';
import type { Shards } from '../../../src/modules/reports/scan/shards.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import type { WorkerPool } from '../../../src/platform/worker-pool/worker-pool.js';
import { RecordingLog } from '../../support/recording-log.js';

const RECORD = '{"phone":1,"start_date":5,"end_date":6}';
const SETTINGS = { period: { fromMs: null, toMs: null }, skipInvalid: false };

describe('jobs on threads', () => {
  let pool: WorkerPool;
  let folder: string;
  let handle: FileHandle;
  let size: number;

  before(async () => {
    pool = createWorkerPool({ threads: 2, maxQueue: 10, log: new RecordingLog() });
    await pool.start();
    folder = await mkdtemp(join(tmpdir(), 'jobs-'));
    const text = `[${Array<string>(20_000).fill(RECORD).join()}]`;
    size = text.length;
    await writeFile(join(folder, 'data.json'), text);
    handle = await open(join(folder, 'data.json'));
  });
  after(async () => {
    await handle.close();
    await pool.stop();
    await rm(folder, { recursive: true });
  });

  function shared(): Int32Array<SharedArrayBuffer> {
    return new Int32Array(new SharedArrayBuffer(8));
  }

  function scan(
    words: Int32Array<SharedArrayBuffer>,
    fd = handle.fd,
  ): Promise<RangeOutcome | { kind: 'unreadable' }> {
    const range = { from: 0, limit: Infinity, start: 'file' };
    return pool.run('scanRange', { fd, range, settings: { ...SETTINGS, size }, shared: words, index: 0 });
  }

  it('scan a range of an open file and tell how far they are', async () => {
    const words = shared();
    const outcome = await scan(words);
    expect(outcome).to.include({ kind: 'read', closed: true, began: 0 });
    expect(Atomics.load(words, FIRST_PROGRESS_WORD)).to.equal(Math.floor(size / 1024));
  });

  it('end a scan that was cancelled', async () => {
    const words = shared();
    Atomics.store(words, CANCEL_WORD, 1);
    expect(await scan(words)).to.deep.equal({ kind: 'cancelled' });
  });

  it('give a reading error as a value', async () => {
    expect(await scan(shared(), 99_999)).to.deep.equal({ kind: 'unreadable', reason: 'EBADF' });
  });

  it('add tables up and pack them, moving the buffers', async () => {
    const rowsOf = async (): Promise<Float64Array<ArrayBuffer>> => {
      const outcome = await scan(shared());
      if (outcome.kind !== 'read') throw new Error(outcome.kind);
      return outcome.tables[0]!;
    };
    const [first, second, third] = [await rowsOf(), await rowsOf(), await rowsOf()] as const;
    const merged = await pool.run<
      object,
      { rows: Float64Array<ArrayBuffer>; slots: Int32Array<ArrayBuffer> }
    >('mergeTables', { merged: null, tables: [first, second] }, { transfer: [first.buffer, second.buffer] });
    expect(first.length).to.equal(0);
    const shards = await pool.run<object, Shards>(
      'cutShards',
      { merged, tables: [third], phonesPerShard: 10 },
      { transfer: [merged.rows.buffer, merged.slots.buffer, third.buffer] },
    );
    expect(shards.phones).to.equal(1);
    expect(unpackShard(packedShard(shards, 0))[SUM_LOW]).to.equal(60_000);
  });
});
