import { expect } from 'chai';
import fc from 'fast-check';
import type { AttemptContext, Outcome, Task, TaskRunner } from '../../../src/modules/tasks/index.js';
import { MOST_LAPSES } from '../../../src/modules/tasks/settle-attempt.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { appErrorOf } from '../../support/failure-of.js';
import { waitFor } from '../../support/wait-for.js';
import type { Ledger, LedgerBench } from './ledger.js';
import { CONFIG, freshClock, newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

/** `poison` takes its process down soon after it began, `queued` works one by one, `beside` at once and for a while. */
type Kind = 'poison' | 'queued' | 'beside';

const LATE = Date.UTC(2200, 0);
const [POISON_MS, WORK_MS, STEP_MS] = [50, 100, 50];

/** The work of one process, until that is lost: from then on nothing is heard of its attempts. */
class Process implements TaskRunner {
  readonly type = 'job';
  readonly concurrency = 16;
  readonly maxAttempts = 3;
  readonly beginsLater = true;
  isLost = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly clock: ManualClock) {}

  run(task: Task, context: AttemptContext): Promise<Outcome> {
    const kind = task.payload as Kind;
    if (kind === 'beside') return this.#work(kind, context);
    const done = this.#turn.then(() => this.#work(kind, context));
    this.#turn = done;
    return done;
  }

  async #work(kind: Kind, context: AttemptContext): Promise<Outcome> {
    await context.begin();
    await this.#pass(kind === 'poison' ? POISON_MS : WORK_MS);
    if (kind === 'poison') this.isLost = true;
    return this.isLost ? new Promise(() => undefined) : DONE;
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve));
  }
}

interface Lives {
  tasks: Task[];
  lost: number;
}

/** Starts one process after the other on the same ledger until every task has ended. */
async function liveThrough(bench: LedgerBench, kinds: readonly Kind[]): Promise<Lives> {
  const random = new SeededRandom(1);
  const config = { retry: { baseMs: 50, maxMs: 1_000 } };
  const first = freshClock();
  const author = bench.make({ clock: first });
  const made: Task[] = [];
  for (const payload of kinds) made.push(await author.api.submit(newTask({ payload, deadlineAt: LATE })));
  for (let lost = 0, now = first.now(); ; lost++) {
    const clock = new ManualClock(now + CONFIG.leaseMs);
    const process = new Process(clock);
    const options = { runners: [process], owner: `process-${lost}`, clock, config };
    const ledger = await bench.start({ ...options, random: () => random.next() });
    const tasks = await ledger.pass('a loss or the end', STEP_MS, () => lossOrEnd(ledger, process, made));
    if (tasks !== 'lost') return { tasks: tasks as Task[], lost };
    now = clock.now();
  }
}

async function lossOrEnd(
  { api }: Ledger,
  process: Process,
  made: readonly Task[],
): Promise<Task[] | 'lost' | undefined> {
  if (process.isLost) return 'lost';
  const tasks = await Promise.all(made.map(({ id }) => api.require(id)));
  return tasks.every(({ endedAt }) => endedAt !== null) ? tasks : undefined;
}

/** What each task comes to in each life of the process: it waits, is at work, or ends; all that has not ended is lost. */
const fates = fc.array(fc.array(fc.constantFrom('waits', 'works', 'ends'), { minLength: 3, maxLength: 3 }), {
  maxLength: 6,
});

describe('A process that is lost', function () {
  this.timeout(60_000);

  onEachDatabase((bench) => {
    it('to the same task again and again ends that one in error, and none that waits or works beside it', async () => {
      const { tasks, lost } = await liveThrough(bench, ['poison', 'queued', 'queued', 'beside', 'beside']);
      const [poison, ...others] = tasks;
      expect(poison).to.include({ state: 'error', errorCode: 'tasks.lost', attempt: MOST_LAPSES + 1 });
      expect(lost).to.equal(MOST_LAPSES + 1);
      for (const other of others) expect(other).to.include({ state: 'completed', failures: 0 });
      const lapses = others.map((task) => task.lapses);
      // The first loss counts for all that were in work.
      expect(lapses.slice(0, 2)).to.deep.equal([1, 1]);
      // Of those at work every second one gets through before the poison comes again, each time anew.
      expect(Math.max(...lapses)).to.be.at.most(MOST_LAPSES * 0.75);
    });

    it('costs no second lapse, and no pause, where the work had not begun', async () => {
      const clock = freshClock();
      const story: string[] = [];
      let last: Ledger | undefined;
      let id = '' as Task['id'];
      for (let life = 0; life < 4; life++) {
        const runner = new ScriptedRunner({ heeds: false, beginsLater: true });
        const own = new ManualClock(clock.now() + life * CONFIG.leaseMs);
        const ledger = await bench.start({ runners: [runner], owner: `process-${life}`, clock: own });
        if (life === 0) ({ id } = await ledger.api.submit(newTask()));
        const held = await ledger.pass('the attempt', 100, () => runner.started[0]);
        story.push(`${held!.task.attempt}: ${held!.task.lapses}`);
        if (life === 2) await held!.context.begin();
        last = ledger;
      }
      expect(story).to.deep.equal(['1: 0', '2: 1', '3: 1', '4: 2']);
      const lapses = (await last!.story(id)).filter((line) => line.startsWith('in_work'));
      expect(lapses).to.deep.equal([
        'in_work>pending: lease lapsed',
        'in_work>pending: lease lapsed before its work began',
        'in_work>pending: lease lapsed',
      ]);
    });

    it('counts for the tasks that were lost at their work, and each of them still ends once', async () => {
      const property = fc.asyncProperty(fates, async (lives) => {
        const expected = [0, 0, 0];
        const open = new Set([0, 1, 2]);
        const first = freshClock();
        const author = bench.make({ clock: first });
        const ids: Task['id'][] = [];
        const ledgers: Ledger[] = [];
        for (let n = 0; n < 3; n++) ids.push((await author.api.submit(newTask())).id);
        let now = first.now();
        for (const [life, fate] of [...lives, Array<string>(3).fill('ends')].entries()) {
          const runner = new ScriptedRunner({ heeds: false, beginsLater: true });
          const clock = new ManualClock(now + CONFIG.leaseMs);
          const config = { retry: { baseMs: 10, maxMs: 20 } };
          const ledger = await bench.start({ runners: [runner], owner: `process-${life}`, clock, config });
          ledgers.push(ledger);
          await ledger.pass('all attempts', 100, () => runner.started.length === open.size);
          for (const attempt of runner.started) {
            const { task, context } = attempt;
            const n = ids.indexOf(task.id);
            expect(task.lapses).to.equal(expected[n]);
            if (fate[n] !== 'waits') await context.begin();
            if (fate[n] === 'ends') attempt.end(DONE);
            if (fate[n] === 'ends') open.delete(n);
            else if (fate[n] === 'works' || expected[n] === 0) expected[n]!++;
          }
          for (const id of ids.filter((_, n) => !open.has(n))) await ledger.reaches(id, 'completed');
          now = clock.now();
        }
        for (const [n, id] of ids.entries()) {
          const story = await author.story(id);
          expect(story.filter((line) => line === 'in_work>completed: completed')).to.have.length(1);
          expect(story.filter((line) => line.endsWith(': lease lapsed'))).to.have.length(expected[n]!);
        }
        await Promise.all(ledgers.map((ledger) => ledger.stop()));
      });
      await fc.assert(property, { numRuns: 15, interruptAfterTimeLimit: 15_000, endOnFailure: true });
    });

    it('and comes back does not begin what another one has taken over', async () => {
      const runners = Array.from(
        { length: 3 },
        () => new ScriptedRunner({ heeds: false, beginsLater: true }),
      );
      const clock = freshClock();
      const ledgers: Ledger[] = [];
      for (const [life, runner] of runners.entries()) {
        const own = new ManualClock(clock.now() + life * CONFIG.leaseMs);
        const ledger = await bench.start({ runners: [runner], owner: `process-${life}`, clock: own });
        if (life === 0) await ledger.api.submit(newTask());
        await ledger.pass('the attempt', 100, () => runner.started[0]);
        ledgers.push(ledger);
      }
      const [, old, current] = runners.map(({ started }) => started[0]!);
      expect(await appErrorOf(Promise.resolve(old!.context.begin()))).to.include({
        code: 'tasks.interrupted',
      });
      await current!.context.begin();
      old!.end(DONE);
      await waitFor('the late outcome to be refused', () => ledgers[1]!.api.load().running === 0);
      current!.end(DONE);
      await ledgers[2]!.reaches(current!.task.id, 'completed');
    });
  });
});
