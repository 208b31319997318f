import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptContext, Outcome, Task, TaskRunner } from '../../../src/modules/tasks/index.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import type { WorkerPool } from '../../../src/platform/worker-pool/worker-pool.js';
import { silentLog } from '../../support/silent-log.js';
import { tempFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE } from './scripted-runner.js';

const THREADS = 2;

/** What the jobs do on their threads; `works` meets the others, so that every thread is seen to work. */
const JOBS = `
export function prime({ arrived, threads }) { works({ arrived, threads }); }
export function works({ arrived, threads }) {
  Atomics.add(arrived, 0, 1);
  const end = Date.now() + 5000;
  while (Atomics.load(arrived, 0) < threads && Date.now() < end);
  return Atomics.load(arrived, 0);
}
export function hangs({ arrived }) { Atomics.add(arrived, 0, 1); for (;;); }
export function dies() { process.exit(3); }
export function eats() { const all = []; for (;;) all.push(Array.from({ length: 100000 }, (_, i) => 'text ' + i)); }
`;

/** Runs the job that a task's payload names on a thread; from the second attempt on, one that works. */
class ThreadRunner implements TaskRunner {
  readonly type = 'job';
  readonly concurrency = THREADS;
  readonly maxAttempts = 3;
  arrived = new Int32Array(new SharedArrayBuffer(4));

  constructor(private readonly pool: WorkerPool) {}

  async run(task: Task, { signal }: AttemptContext): Promise<Outcome> {
    const [first, later] = JSON.parse(task.payload) as string[];
    const job = task.attempt === 1 ? first! : (later ?? first!);
    const threads = job === 'works' ? THREADS : 1;
    await this.pool.run(job, { arrived: this.arrived, threads }, { signal });
    return DONE;
  }
}

const jobs = (...names: string[]): { payload: string } => ({ payload: JSON.stringify(names) });

describe('A task whose worker thread is lost', function () {
  this.timeout(30_000);
  let pool: WorkerPool;
  let runner: ThreadRunner;

  beforeEach(async () => {
    const filename = join(await tempFolder(), 'jobs.mjs');
    await writeFile(filename, JOBS);
    pool = createWorkerPool({ threads: THREADS, maxQueue: 10, log: silentLog, filename, maxHeapMb: 32 });
    await pool.start();
    runner = new ThreadRunner(pool);
  });
  afterEach(() => pool.stop());

  async function poolIsWhole(): Promise<void> {
    await waitFor('all threads', () => pool.state().status === 'ok');
    const arrived = new Int32Array(new SharedArrayBuffer(4));
    const met = Array.from({ length: THREADS }, () =>
      pool.run<object, number>('works', { arrived, threads: THREADS }),
    );
    expect(await Promise.all(met)).to.deep.equal([THREADS, THREADS]);
  }

  onEachDatabase((bench) => {
    for (const [how, job] of [
      ['by running out of memory', 'eats'],
      ['by its end', 'dies'],
    ] as const) {
      it(`${how} fails that attempt alone, and is done by the next`, async () => {
        const ledger = await bench.start({ runners: [runner] });
        const { id } = await ledger.api.submit(newTask(jobs(job, 'works')));
        const other = await ledger.api.submit(newTask(jobs('works')));
        await ledger.pass('the end', 500, async () => (await ledger.api.require(id)).state === 'completed');
        expect(await ledger.api.require(id)).to.include({ attempt: 2, failures: 1, lapses: 0 });
        expect((await ledger.story(id))[2]).to.match(
          /^in_work>pending: failed, tried again: The worker thread/,
        );
        expect(await ledger.reaches(other.id, 'completed')).to.include({ failures: 0 });
        await poolIsWhole();
      });
    }

    it('each time it is tried ends as a dead letter that says so', async () => {
      const ledger = await bench.start({ runners: [runner] });
      const { id } = await ledger.api.submit(newTask(jobs('dies')));
      await ledger.pass('the end', 500, async () => (await ledger.api.require(id)).state === 'error');
      const [letter] = await ledger.deadLetters.list({ limit: 10 });
      expect(letter).to.include({ taskId: id, reason: 'worker.died', attempts: 3 });
      await poolIsWhole();
    });

    it('in an endless loop ends at its deadline, and its thread with it', async () => {
      const ledger = await bench.start({ runners: [runner] });
      const deadlineAt = ledger.clock.now() + 60_000;
      const { id } = await ledger.api.submit(newTask({ ...jobs('hangs'), deadlineAt }));
      await waitFor('the loop', () => Atomics.load(runner.arrived, 0) === 1);
      await ledger.pass('the deadline', 1_000, async () => (await ledger.api.require(id)).state === 'error');
      expect(await ledger.api.require(id)).to.include({ attempt: 1, errorCode: 'tasks.deadline-passed' });
      expect(ledger.clock.now()).to.be.at.least(deadlineAt);
      await poolIsWhole();
    });

    it('in an endless loop ends when it is cancelled', async () => {
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask(jobs('hangs')));
      await waitFor('the loop', () => Atomics.load(runner.arrived, 0) === 1);
      await ledger.api.cancel(await ledger.api.require(task.id), 'a spec');
      await ledger.reaches(task.id, 'cancelled');
      await poolIsWhole();
    });
  }, 'SQLite');
});
