import { expect } from 'chai';
import { mkdtemp, rename, rm, truncate, writeFile, mkdir, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/kernel/clock.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Aggregate, AggregateProgress } from '../../../src/modules/reports/aggregate.js';
import type { PassStore } from '../../../src/modules/reports/aggregation/kept-pass.js';
import type { JobRunner } from '../../../src/modules/reports/aggregation/job-runner.js';
import { createAggregator } from '../../../src/modules/reports/aggregator.js';
import type { Aggregator, AggregatorOptions } from '../../../src/modules/reports/aggregator.js';
import type { Period } from '../../../src/modules/reports/phone-stats.js';
import type { Cache } from '../../../src/platform/cache/cache.js';
import { createSqliteCache } from '../../../src/platform/cache/sqlite-cache.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import type { WorkerPool } from '../../../src/platform/worker-pool/worker-pool.js';
import { reference } from '../../support/attempts-reference.js';
import { appErrorOf } from '../../support/failure-of.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLog } from '../../support/recording-log.js';
import { bytesOf, recordOf } from '../../support/sample-attempts.js';
import { waitFor } from '../../support/wait-for.js';

const EVER: Period = { fromMs: null, toMs: null };
const NO_CACHE: PassStore = {
  get: async () => undefined,
  getMany: async (keys) => keys.map(() => undefined),
  set: async () => false,
};
const TEN_PHONES = [9, 3, 1, 4, 7, 2, 0, 8, 6, 5];

describe('aggregation of the data file', () => {
  let pool: WorkerPool;
  let sample: Buffer;
  let folder: string;
  let file: string;
  let opened: { aggregator: Aggregator; cache: Cache }[];

  before(async () => {
    pool = createWorkerPool({ threads: 2, maxQueue: 20, log: new RecordingLog() });
    await pool.start();
    sample = await bytesOf(60_000);
  });
  after(() => pool.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aggregate-'));
    file = join(folder, 'data.json');
    opened = [];
  });
  afterEach(async () => {
    for (const { aggregator, cache } of opened) {
      await aggregator.stop();
      await cache.stop();
    }
    await rm(folder, { recursive: true });
  });

  async function open(options: Partial<AggregatorOptions> & { clock?: Clock } = {}): Promise<Aggregator> {
    const clock = options.clock ?? systemClock;
    const log = new RecordingLog();
    const cache = createSqliteCache({ file: join(folder, 'cache.sqlite'), clock, log });
    await cache.start();
    const aggregator = createAggregator({ pool, cache, clock, log, dataFile: file, ...options });
    await aggregator.start();
    opened.push({ aggregator, cache });
    return aggregator;
  }

  async function close(aggregator: Aggregator): Promise<void> {
    const at = opened.findIndex((one) => one.aggregator === aggregator);
    const [one] = opened.splice(at, 1);
    await one!.aggregator.stop();
    await one!.cache.stop();
  }

  function ask(
    aggregator: Aggregator,
    phones: readonly number[] = TEN_PHONES,
    period = EVER,
  ): Promise<Aggregate> {
    return aggregator.aggregate({ phones, period }, { signal: new AbortController().signal });
  }

  /** The pool, with something done before a job goes to it. */
  function poolWith(before: (job: string) => Promise<void> | void): JobRunner {
    return {
      threads: pool.threads,
      async run<I, O>(job: string, input: I, options?: { transfer?: ArrayBuffer[] }): Promise<O> {
        await before(job);
        return pool.run<I, O>(job, input, options);
      },
    };
  }

  it('is what plain code computes, in the order asked for', async () => {
    await writeFile(file, sample);
    const aggregator = await open();
    const expected = reference(sample)!.stats;
    const found = await ask(aggregator, [7, 12345, 3, 199, 200]);
    expect(found.stats).to.deep.equal([7, 3, 199].map((phone) => expected.get(phone)));
    expect(found.notFound).to.deep.equal([12345, 200]);
    expect(found).to.include({ skippedRecords: 0, cached: false });
  });

  it('is the same on one thread and on three', async () => {
    await writeFile(file, sample);
    const all = [...Array(200).keys()];
    const expected = await ask(await open(), all);
    for (const threads of [1, 3]) {
      const other = createWorkerPool({ threads, maxQueue: 20, log: new RecordingLog() });
      await other.start();
      const period = { fromMs: 0, toMs: threads + Date.UTC(2100, 0) };
      const found = await ask(await open({ pool: other }), all, period);
      expect(found.stats).to.deep.equal(expected.stats);
      await other.stop();
    }
  });

  it('answers from memory what it has read once', async () => {
    await writeFile(file, sample);
    const aggregator = await open();
    const cold = await ask(aggregator);
    const warm = await ask(aggregator);
    expect(warm).to.deep.equal({ ...cold, cached: true });
    expect((await ask(aggregator, [100, 5000])).notFound).to.deep.equal([5000]);
    expect(aggregator.passes()).to.equal(1);
  });

  it('shares one pass among all who ask meanwhile, and tells each how far it is', async () => {
    await writeFile(file, sample);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const aggregator = await open({ pool: poolWith(() => held) });
    const told: AggregateProgress[][] = Array.from({ length: 10 }, () => []);
    const answers = Promise.all(
      told.map((list, index) =>
        aggregator.aggregate(
          { phones: [index], period: EVER },
          { signal: new AbortController().signal, onProgress: (progress) => list.push(progress) },
        ),
      ),
    );
    await waitFor('all to wait', () => told.every((list) => list.length > 0));
    release();
    const found = await answers;
    expect(aggregator.passes()).to.equal(1);
    expect(found.map(({ stats }) => stats[0]!.phone)).to.deep.equal([...Array(10).keys()]);
    for (const list of told) {
      expect(list.at(-1)).to.deep.equal({ bytesRead: sample.length, bytesTotal: sample.length });
    }
  });

  it('counts by period, each with a pass of its own', async () => {
    await writeFile(file, sample);
    const aggregator = await open();
    const periods = [
      { fromMs: Date.UTC(2023, 3), toMs: Date.UTC(2023, 6) },
      { fromMs: null, toMs: Date.UTC(2023, 1) },
      { fromMs: Date.UTC(2023, 11), toMs: null },
      { fromMs: Date.UTC(2030, 1), toMs: null },
    ];
    const found = await Promise.all(periods.map((period) => ask(aggregator, [3], period)));
    periods.forEach((period, index) => {
      const expected = reference(sample, false, period)!.stats.get(3);
      expect(found[index]!.stats).to.deep.equal(expected ? [expected] : []);
    });
    expect(found[3]!.notFound).to.deep.equal([3]);
    expect(aggregator.passes()).to.equal(4);
  });

  it('is answered after a restart without the file being read', async () => {
    await writeFile(file, sample);
    const first = await open();
    const cold = await ask(first);
    await close(first);
    const second = await open();
    const [warm, others] = await Promise.all([ask(second), ask(second, [5, 4321])]);
    expect(warm).to.deep.equal({ ...cold, cached: true });
    expect(others.notFound).to.deep.equal([4321]);
    expect(second.passes()).to.equal(0);
  });

  it('reads again when the time to live is over, after a restart too', async () => {
    await writeFile(file, sample);
    const clock = new ManualClock(Date.now() - 3_600_000);
    const first = await open({ clock });
    await ask(first);
    clock.advance(599_000);
    expect((await ask(first)).cached).to.equal(true);
    clock.advance(1_001);
    expect((await ask(first)).cached).to.equal(false);
    await close(first);
    clock.advance(600_001);
    const second = await open({ clock });
    expect((await ask(second)).cached).to.equal(false);
  });

  it('notices a file that was replaced, rewritten or touched before the next answer', async () => {
    const clock = new ManualClock(0);
    await writeFile(file, `[${recordOf(1, 5)}]`);
    const aggregator = await open({ clock });
    expect((await ask(aggregator, [1])).stats[0]!.maxMs).to.equal(5_000);
    await writeFile(`${file}.new`, `[${recordOf(1, 6)}]`);
    await rename(`${file}.new`, file);
    const replaced = await ask(aggregator, [1]);
    expect(replaced.stats[0]!.maxMs).to.equal(6_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(file, `[${recordOf(1, 7)}]`);
    const rewritten = await ask(aggregator, [1]);
    expect(rewritten.stats[0]!.maxMs).to.equal(7_000);
    expect(rewritten.version).not.to.equal(replaced.version);
    await utimes(file, 1, 1);
    expect(await ask(aggregator, [1])).to.include({ cached: false });
  });

  it('reads a file again that was replaced during the pass', async () => {
    await writeFile(file, `[${recordOf(1, 5)}]`);
    let jobs = 0;
    const replacing = poolWith(async (job) => {
      if (job !== 'scanRange' || ++jobs > 1) return;
      await writeFile(`${file}.new`, `[${recordOf(1, 6)},${recordOf(2, 6)}]`);
      await rename(`${file}.new`, file);
    });
    const aggregator = await open({ pool: replacing });
    const found = await ask(aggregator, [1, 2]);
    expect(found.stats.map(({ maxMs }) => maxMs)).to.deep.equal([6_000, 6_000]);
    expect(aggregator.passes()).to.equal(2);
  });

  it('gives up on a file that never stops changing', async () => {
    await writeFile(file, `[${recordOf(1, 5)}]`);
    const clock = new ManualClock();
    let seconds = 5;
    const aggregator = await open({
      clock,
      pool: poolWith((job) =>
        job === 'scanRange' ? writeFile(file, `[${recordOf(1, ++seconds)}]`) : undefined,
      ),
    });
    const failure = appErrorOf(ask(aggregator, [1]));
    const settled = failure.then(() => true);
    await waitFor('the failure', async () => {
      clock.advance(100);
      return Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 1))]);
    });
    expect(await failure).to.include({ code: 'reports.data-changing', retryable: false });
    expect(aggregator.passes()).to.be.within(8, 16);
  });

  it('waits for a file that does not end yet, and reads it again when it was written to', async () => {
    const whole = `[${recordOf(1, 5)},${recordOf(2, 5)}]`;
    await writeFile(file, whole.slice(0, 90));
    const clock = new ManualClock();
    const aggregator = await open({ clock, cache: NO_CACHE });
    const timers = clock.pendingTimers;
    const answer = ask(aggregator, [1, 2]);
    await waitFor('the pass', () => aggregator.passes() === 1 && clock.pendingTimers > timers);
    // Whether the pass still runs or waits already, the file has to be read again.
    await writeFile(file, whole);
    await waitFor('the pause to end', () => {
      clock.advance(50);
      return aggregator.passes() === 2;
    });
    expect((await answer).stats).to.have.length(2);
    expect(aggregator.passes()).to.equal(2);
  });

  it('fails with the damage where a file does not end in time, without reading it again', async () => {
    await writeFile(file, `[${recordOf(1, 5)},${recordOf(2, 5)}]`);
    await truncate(file, 90);
    const clock = new ManualClock();
    const aggregator = await open({ clock, settleMs: 3_000 });
    const began = clock.monotonic();
    const failure = appErrorOf(ask(aggregator, [1]));
    const settled = failure.then(() => true);
    await waitFor('the failure', async () => {
      if (clock.pendingTimers > 0) clock.advance(50);
      return Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 1))]);
    });
    expect(await failure).to.include({ code: 'reports.data-damaged', retryable: false });
    expect((await failure).message).to.equal(
      'The data file is damaged at byte 90: the data ends before its array does',
    );
    expect(clock.monotonic() - began).to.be.within(3_000, 3_200);
    expect(aggregator.passes()).to.equal(1);
  });

  it('fails at once for damage, naming byte and reason, and for everyone who waits', async () => {
    await writeFile(file, `[${recordOf(1, 5)},{"phone":2,"start_date":"x","end_date":3}]`);
    const aggregator = await open();
    const failures = await Promise.all([appErrorOf(ask(aggregator)), appErrorOf(ask(aggregator))]);
    for (const failure of failures) {
      expect(failure).to.include({ code: 'reports.data-damaged', kind: 'conflict', retryable: false });
      expect(failure.message).to.match(
        /^The data file is damaged at byte \d+: start_date is not a whole number/,
      );
    }
    expect(aggregator.passes()).to.equal(1);
  });

  it('leaves invalid records out and counts them where told to, and keeps that apart from the strict answer', async () => {
    await writeFile(file, `[${recordOf(1, 5)},{"phone":2},7,${recordOf(1, -1)}]`);
    const lenient = await open({ invalidRecords: 'skip' });
    const expected = { skippedRecords: 3, cached: false };
    expect(await ask(lenient, [1])).to.include(expected);
    expect(await ask(lenient, [1])).to.include({ ...expected, cached: true });
    await close(lenient);
    const strict = await open();
    expect((await appErrorOf(ask(strict, [1]))).code).to.equal('reports.data-damaged');
  });

  it('names a file that is missing or unreadable, and finds it when it is there', async () => {
    const aggregator = await open();
    expect(aggregator.state().status).to.equal('down');
    expect(await appErrorOf(ask(aggregator))).to.include({ code: 'reports.data-missing', retryable: false });
    await mkdir(file);
    expect((await appErrorOf(ask(aggregator))).message).to.equal(
      'The data file cannot be read: it is not a regular file',
    );
    await rm(file, { recursive: true });
    await writeFile(file, '[]');
    expect((await ask(aggregator, [1])).notFound).to.deep.equal([1]);
    expect(aggregator.state()).to.deep.equal({ status: 'ok' });
  });

  it('lets a waiter go at once that aborts, while the pass goes on for the others', async () => {
    await writeFile(file, sample);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const aggregator = await open({ pool: poolWith(() => held) });
    const controller = new AbortController();
    const leaving = appErrorOf(
      aggregator.aggregate({ phones: [1], period: EVER }, { signal: controller.signal }),
    );
    const staying = ask(aggregator, [1]);
    await waitFor('the pass', () => aggregator.passes() === 1);
    controller.abort();
    expect(await leaving).to.include({ code: 'reports.cancelled', retryable: false });
    release();
    expect((await staying).stats).to.have.length(1);
    expect(aggregator.passes()).to.equal(1);
  });

  it('ends the pass when the last waiter aborts, and keeps its threads for the next', async () => {
    await writeFile(
      file,
      Buffer.concat([
        sample.subarray(0, -2),
        ...Array<Buffer>(12).fill(Buffer.concat([Buffer.from(','), sample.subarray(1, -2)])),
        Buffer.from(']'),
      ]),
    );
    const aggregator = await open();
    const controllers = [new AbortController(), new AbortController()];
    const waiters = controllers.map(({ signal }) =>
      appErrorOf(aggregator.aggregate({ phones: [1], period: EVER }, { signal })),
    );
    await waitFor('the pass', () => aggregator.passes() === 1);
    const began = performance.now();
    for (const controller of controllers) controller.abort();
    await Promise.all(waiters);
    await writeFile(file, `[${recordOf(1, 5)}]`);
    expect((await ask(aggregator, [1])).stats).to.have.length(1);
    expect(performance.now() - began).to.be.below(1_000);
    expect(pool.state()).to.deep.equal({ status: 'ok' });
  });

  it('refuses a request that is aborted already', async () => {
    await writeFile(file, sample);
    const aggregator = await open();
    const request = aggregator.aggregate({ phones: [1], period: EVER }, { signal: AbortSignal.abort() });
    expect((await appErrorOf(request)).code).to.equal('reports.cancelled');
    expect(aggregator.passes()).to.equal(0);
  });

  it('tells who waits that it was stopped, so that they may ask again elsewhere', async () => {
    await writeFile(file, sample);
    const aggregator = await open();
    const waiting = appErrorOf(ask(aggregator));
    await waitFor('the pass', () => aggregator.passes() === 1);
    await close(aggregator);
    expect(await waiting).to.include({ code: 'reports.cancelled', retryable: true });
    expect((await appErrorOf(ask(aggregator))).code).to.equal('reports.cancelled');
  });

  it('works without a place to keep results', async () => {
    await writeFile(file, sample);
    const aggregator = await open({ cache: NO_CACHE });
    expect((await ask(aggregator)).cached).to.equal(false);
    expect((await ask(aggregator)).cached).to.equal(true);
  });
});
