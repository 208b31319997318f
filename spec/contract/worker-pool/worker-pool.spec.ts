import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../src/kernel/errors.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import type { WorkerPool } from '../../../src/platform/worker-pool/worker-pool.js';
import { RecordingLog } from '../../support/recording-log.js';
import { waitFor } from '../../support/wait-for.js';

const JOBS = `
import { threadId } from 'node:worker_threads';
let primed = 0;
export function prime({ arrived, threads }) {
  primed++;
  Atomics.add(arrived, 0, 1);
  const end = Date.now() + 5000;
  while (Atomics.load(arrived, 0) < threads && Date.now() < end);
}
export function whoAmI(others) {
  const before = primed;
  prime(others);
  return { threadId, primed: before };
}
export const double = (value) => value * 2;
export const lengthOf = (buffer) => buffer.byteLength;
export function hold({ flag, up }) {
  Atomics.add(up, 0, 1);
  Atomics.notify(up, 0);
  Atomics.wait(flag, 0, 0, 10000);
  return 'let go';
}
export function die() { process.exit(3); }
export function eat() { const all = []; for (;;) all.push(Array.from({ length: 100000 }, (_, i) => 'text ' + i)); }
export function fail() { throw new Error('secret detail'); }
`;

describe('worker pool', () => {
  let folder: string;
  let pool: WorkerPool;
  let log: RecordingLog;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jobs-'));
    await writeFile(join(folder, 'jobs.mjs'), JOBS);
  });
  after(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    log = new RecordingLog();
    const filename = join(folder, 'jobs.mjs');
    pool = createWorkerPool({ threads: 2, maxQueue: 3, log, filename, maxHeapMb: 32 });
    expect(pool.state().status).to.equal('starting');
    await Promise.all([pool.start(), pool.start()]);
  });
  afterEach(() => pool.stop());

  function shared(): Int32Array<SharedArrayBuffer> {
    return new Int32Array(new SharedArrayBuffer(4));
  }

  /** Jobs that keep every thread busy until `letGo`. */
  async function holdAll(): Promise<{ jobs: Promise<string>[]; letGo: () => void }> {
    const [flag, up] = [shared(), shared()];
    const jobs = [0, 1].map(() => pool.run<object, string>('hold', { flag, up }));
    await waitFor('both threads to be busy', () => Atomics.load(up, 0) === 2);
    return {
      jobs,
      letGo() {
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
      },
    };
  }

  async function failureOf(work: Promise<unknown>): Promise<AppError> {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(AppError);
    return error as AppError;
  }

  it('has every thread up and primed once when it has started', async () => {
    expect(pool.state()).to.deep.equal({ status: 'ok' });
    const others = { arrived: shared(), threads: 2 };
    const answers = await Promise.all(
      [0, 1].map(() => pool.run<object, { threadId: number; primed: number }>('whoAmI', others)),
    );
    const seen = new Map(answers.map(({ threadId, primed }) => [threadId, primed]));
    expect([...seen.values()]).to.deep.equal([1, 1]);
  });

  it('runs a job by its name and moves buffers', async () => {
    expect(await pool.run('double', 21)).to.equal(42);
    const buffer = new ArrayBuffer(1000);
    expect(await pool.run('lengthOf', buffer, { transfer: [buffer] })).to.equal(1000);
    expect(buffer.byteLength).to.equal(0);
  });

  it('lets some jobs wait and refuses the rest', async () => {
    const { jobs, letGo } = await holdAll();
    const waiting = [1, 2, 3].map((value) => pool.run<number, number>('double', value));
    const refused = await failureOf(pool.run('double', 4));
    expect(refused).to.include({ code: 'worker.busy', kind: 'too-many', retryable: true });
    letGo();
    expect(await Promise.all(waiting)).to.deep.equal([2, 4, 6]);
    expect(await Promise.all(jobs)).to.deep.equal(['let go', 'let go']);
  });

  it('fails the job of a thread that dies, alone, and replaces the thread', async () => {
    const { jobs, letGo } = await holdAll();
    const death = failureOf(pool.run('die', null));
    const others = [1, 2].map((value) => pool.run<number, number>('double', value));
    letGo();
    expect(await death).to.include({ code: 'worker.died', retryable: true });
    expect(await Promise.all([...jobs, ...others])).to.deep.equal(['let go', 'let go', 2, 4]);
    await waitFor('the replacement', () => pool.state().status === 'ok');
    expect(await pool.run('double', 5)).to.equal(10);
  });

  it('fails the job that runs out of memory, alone', async () => {
    const [flag, up] = [shared(), shared()];
    const other = pool.run<object, string>('hold', { flag, up });
    const error = await failureOf(pool.run('eat', null));
    expect(error).to.include({ code: 'worker.died', retryable: true });
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    expect(await other).to.equal('let go');
  }).timeout(30_000);

  it('tells a job that throws from a thread that dies', async () => {
    const error = await failureOf(pool.run('fail', null));
    expect(error).to.include({ code: 'worker.failed', kind: 'internal', retryable: false });
    expect(error.message).not.to.contain('secret');
    expect((error.cause as Error).message).to.equal('secret detail');
    expect((await failureOf(pool.run('noSuchJob', null))).code).to.equal('worker.failed');
  });

  it('ends a job with its thread when the signal aborts', async () => {
    const controller = new AbortController();
    const job = failureOf(pool.run('hold', { flag: shared(), up: shared() }, { signal: controller.signal }));
    controller.abort();
    expect(await job).to.include({ code: 'worker.cancelled' });
    expect(await pool.run('double', 1)).to.equal(2);
  });

  it('ends at once when stopped, with what is running', async () => {
    const { jobs } = await holdAll();
    const failures = jobs.map(failureOf);
    await Promise.all([pool.stop(), pool.stop()]);
    for (const failure of await Promise.all(failures)) expect(failure.code).to.equal('worker.stopped');
    expect((await failureOf(pool.run('double', 1))).code).to.equal('worker.stopped');
    expect(pool.state().status).to.equal('down');
  });
});
