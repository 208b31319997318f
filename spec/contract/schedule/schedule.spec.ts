import { expect } from 'chai';
import { createSchedule, isCron, scheduleMigrations } from '../../../src/platform/schedule/index.js';
import type { Job, Schedule } from '../../../src/platform/schedule/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog as log } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

const NOON = Date.UTC(2026, 10, 21, 12);

for (const kind of DATABASES) {
  describe(`The schedule on ${kind.name}`, function () {
    this.timeout(60_000);
    let opened: OpenedDatabase;
    let clock: ManualClock;
    let names = 0;
    const started: Schedule[] = [];

    before(async () => {
      opened = await kind.open();
      await opened.db.migrate(scheduleMigrations);
    });
    after(() => opened.close());
    beforeEach(() => {
      clock = new ManualClock(NOON);
    });
    afterEach(async () => {
      for (const schedule of started.splice(0)) await schedule.stop();
    });

    function start(jobs: readonly Job[], db: Database = opened.db): Schedule {
      const schedule = createSchedule({ db, clock, log });
      for (const job of jobs) schedule.add(job);
      schedule.start();
      started.push(schedule);
      return schedule;
    }

    const job = (more: Partial<Job> = {}): Job & { at: number[] } => {
      const at: number[] = [];
      return {
        ...{ name: `job-${++names}`, cron: '*/10 * * * * *', misfire: 'run-once', at },
        run: () => Promise.resolve(`run ${at.push(clock.now())}`),
        ...more,
      };
    };

    const stateOf = async (schedule: Schedule, { name }: Job) =>
      (await schedule.jobs()).find((state) => state.name === name)!;

    /** Moves the time on in small steps, so that what waits for the database comes along. */
    async function passTo(at: number): Promise<void> {
      while (clock.now() < at) {
        await waitFor('a timer', () => clock.pendingTimers > 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
        clock.advance(Math.min(1_000, at - clock.now()));
      }
    }

    it('runs a job at its times, and shows how it went', async () => {
      const one = job();
      const schedule = start([one]);
      await passTo(NOON + 21_000);
      await waitFor('two runs', () => one.at.length === 2);
      expect(one.at.map((at) => Math.floor((at - NOON) / 10_000))).to.deep.equal([1, 2]);
      const state = await waitFor('the result', async () => {
        const now = await stateOf(schedule, one);
        return now.runs === 2 && now;
      });
      expect(state).to.include({ lastResult: 'run 2', lastError: null, failures: 0, runningSince: null });
      expect(state.nextAt).to.equal(NOON + 30_000);
    });

    it('goes on after a run that failed, and says why it did', async () => {
      const one = job({ run: () => Promise.reject(new Error('no luck')) });
      const schedule = start([one]);
      await passTo(NOON + 21_000);
      const state = await waitFor('two runs', async () => {
        const now = await stateOf(schedule, one);
        return now.runs === 2 && now;
      });
      expect(state).to.include({ failures: 2, lastError: 'no luck' });
    });

    it('counts what was due while nobody ran, and makes up for it once, or not at all', async () => {
      const [once, never] = [job({ misfire: 'run-once' }), job({ misfire: 'skip' })];
      const first = start([once, never]);
      await waitFor('both to be known', async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return clock.pendingTimers >= 2;
      });
      await first.stop();
      clock.advance(65_000);
      const schedule = start([once, never]);
      await waitFor('the run', () => once.at.length === 1);
      expect(never.at).to.deep.equal([]);
      const [made, passed] = [
        await waitFor('the result', async () => {
          const now = await stateOf(schedule, once);
          return now.runs === 1 && now;
        }),
        await waitFor('the pass', async () => {
          const now = await stateOf(schedule, never);
          return now.misfires > 0 && now;
        }),
      ];
      expect([made.misfires, passed.misfires]).to.deep.equal([5, 6]);
    });

    it('never begins a run before the last one has ended', async () => {
      let letGo: () => void = () => undefined;
      let running = 0;
      let most = 0;
      const one = job({
        async run() {
          most = Math.max(most, ++running);
          await new Promise<void>((resolve) => (letGo = resolve));
          running--;
          return 'done';
        },
      });
      const schedule = start([one]);
      await passTo(NOON + 10_000);
      await waitFor('the run', () => running === 1);
      clock.advance(35_000);
      letGo();
      await waitFor('the next run', () => running === 1 && most === 1 && clock.now() > NOON);
      await waitFor('the misfires', async () => (await stateOf(schedule, one)).misfires === 2);
      letGo();
      await waitFor('the end', async () => (await stateOf(schedule, one)).runs === 2);
    });

    it('runs for each replica what each has for itself', async () => {
      const one = job({ on: 'each-replica' });
      const other = { ...job({ on: 'each-replica' }), name: one.name };
      start([one]);
      start([other]);
      await passTo(NOON + 11_000);
      await waitFor('both', () => one.at.length === 1 && other.at.length === 1);
    });

    if (kind.name === 'PostgreSQL') {
      it('runs for all replicas once, and goes on when the one that ran has gone', async () => {
        const one = job();
        const other = { ...job(), name: one.name };
        const firstDb = await opened.another!();
        const first = start([one], firstDb);
        await waitFor('a leader', () => first.state().detail?.startsWith('runs'));
        start([other]);
        await passTo(NOON + 21_000);
        await waitFor('two runs', () => one.at.length + other.at.length === 2);
        expect(other.at).to.deep.equal([]);
        await first.stop();
        await waitFor('the next leader to have run', async () => {
          clock.advance(1_000);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return other.at.length > 0;
        });
        await firstDb.stop();
      });
    }

    it('takes no job twice, and none without a time', () => {
      const schedule = createSchedule({ db: opened.db, clock, log });
      const one = job();
      schedule.add(one);
      expect(() => schedule.add(one)).to.throw('already');
      expect(() => schedule.add(job({ cron: 'tomorrow' }))).to.throw('cron');
      expect(isCron('0 10 * * * *')).to.equal(true);
      expect(isCron('0 0 0 30 2 *')).to.equal(false);
    });
  });
}
