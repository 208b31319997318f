import { expect } from 'chai';
import type { NewEvent } from '../../../src/kernel/event.js';
import { createSystemModule, systemMigrations } from '../../../src/modules/system/index.js';
import type { SystemDeps } from '../../../src/modules/system/index.js';
import type { OverviewOut } from '../../../src/modules/system/overview-view.js';
import { createSamplesRepository } from '../../../src/modules/system/samples.repository.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 21, 9, 0, 0);

for (const kind of DATABASES) {
  describe(`system on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    let clock: ManualClock;
    let watched: boolean;
    let told: NewEvent[];

    beforeEach(async () => {
      opened = await kind.open();
      await opened.db.migrate(systemMigrations);
      clock = new ManualClock(START);
      watched = true;
      told = [];
    });
    afterEach(() => opened.close());

    function create(over: Partial<SystemDeps> = {}) {
      return createSystemModule({
        db: opened.db,
        clock,
        log: silentLog,
        replica: 'one',
        surroundings: {
          schedule: () => Promise.resolve([]),
          version: '1.2.3',
          startedAt: START,
          readiness: () => ({ status: 'ok', parts: { database: { status: 'ok' } } }),
          running: () =>
            Promise.resolve([{ id: 'a', type: 'job', createdAt: START, startedAt: START, attempt: 1 }]),
          workers: () => ({ threads: 2, busy: 1, waiting: 3 }),
        },
        gauges: () => Promise.resolve({ waiting: 4, running: 1, queues: { task_report: 7 } }),
        loopDelayMs: () => 2.5,
        settings: [],
        isWatched: () => watched,
        tell: (event) => told.push(event),
        ...over,
      });
    }

    const stored = (): Promise<number> =>
      createSamplesRepository(opened.db)
        .since(0)
        .then((samples) => samples.length);

    async function overviewOf(system: ReturnType<typeof create>): Promise<OverviewOut> {
      return (await system.topics[0]!.snapshot!()) as OverviewOut;
    }

    it('counts what ended by the minute, and keeps it over a restart', async () => {
      const before = create();
      await before.start();
      for (const tookMs of [10, 20, 400]) before.taskEnded('x', { ending: 'completed', tookMs });
      before.taskEnded('y', { ending: 'error', tookMs: 1_000 });
      before.taskEnded('z', { ending: 'cancelled', tookMs: 9 });
      clock.advance(MINUTE);
      await waitFor('the first minute', async () => (await stored()) === 1);
      before.taskEnded('x', { ending: 'completed', tookMs: 30 });
      await before.stop();

      clock.advance(MINUTE);
      const after = create({ replica: 'another' });
      const { minutes, tasks } = await overviewOf(after);
      const ended = minutes.map(({ at, completed, failed, cancelled }) => [at, completed, failed, cancelled]);
      expect(ended).to.deep.equal([
        ['2026-11-21T09:00:00.000Z', 3, 1, 1],
        ['2026-11-21T09:01:00.000Z', 1, 0, 0],
        ['2026-11-21T09:02:00.000Z', 0, 0, 0],
      ]);
      expect(minutes[0]!.latency_p50_ms).to.be.closeTo(20, 1);
      expect(minutes[0]!.latency_p95_ms).to.be.closeTo(1_000, 45);
      expect(minutes[0]).to.include({ waiting: 4, running: 1, loop_delay_ms: 2.5 });
      expect(minutes[0]!.queues).to.deep.equal({ task_report: 7 });
      expect(minutes[2]!.latency_p50_ms).to.equal(null);
      expect(tasks).to.deep.equal({ waiting: 4, running: 1, completed: 4, failed: 1, cancelled: 1 });
    });

    it('counts in the minute that is, also where the service came up as one minute turned into the next', async () => {
      clock.advance(MINUTE - 600);
      const system = create();
      clock.advance(400);
      await system.start();
      clock.advance(1_000);
      await waitFor('the first minute', async () => (await stored()) === 1);
      system.taskEnded('x', { ending: 'completed', tookMs: 10 });
      const { at, minutes } = await overviewOf(system);
      expect(at).to.equal('2026-11-21T09:01:00.800Z');
      expect(minutes.at(-1)).to.include({ at: '2026-11-21T09:01:00.000Z', completed: 1 });
      await system.stop();
    });

    it('adds up the replicas of a minute', async () => {
      const replicas = ['one', 'two'].map((replica) => create({ replica }));
      for (const replica of replicas) await replica.start();
      replicas[0]!.taskEnded('x', { ending: 'completed', tookMs: 100 });
      replicas[1]!.taskEnded('y', { ending: 'completed', tookMs: 100 });
      clock.advance(MINUTE);
      await waitFor('both samples', async () => (await stored()) === 2);
      const { minutes } = await overviewOf(replicas[0]!);
      expect(minutes[0]).to.include({ completed: 2, running: 2, waiting: 4 });
      for (const replica of replicas) await replica.stop();
    });

    it('removes what is older than a day', async () => {
      const repository = createSamplesRepository(opened.db);
      const latency = new Map([[3, 1]]);
      const zeros = { completed: 0, failed: 0, cancelled: 0, waiting: 0, running: 0, loopDelayMs: 0 };
      for (const minute of [0, 1_440, 1_441]) {
        const at = START + minute * MINUTE;
        await repository.put(
          { minute: at, replica: 'one', latency, queues: {}, ...zeros },
          at - 1_440 * MINUTE,
        );
      }
      expect((await repository.since(0)).map((sample) => (sample.minute - START) / MINUTE)).to.deep.equal([
        1_440, 1_441,
      ]);
    });

    it('shows at most an hour, and leaves out the minutes in which nobody ran', async () => {
      const system = create();
      await system.start();
      for (let minute = 1; minute <= 3; minute++) {
        clock.advance(MINUTE);
        await waitFor('a minute', async () => (await stored()) === minute);
      }
      clock.advance(57.5 * MINUTE);
      await waitFor('the late minute', async () => {
        clock.advance(0); // it may have been planned since
        return (await stored()) >= 4;
      });
      const { minutes } = await overviewOf(system);
      expect(minutes.length).to.be.at.most(60);
      expect(minutes[0]!.at).to.equal('2026-11-21T09:01:00.000Z');
      await system.stop();
    });

    it('tells those who watch, and nobody else', async () => {
      const system = create();
      system.taskProgress('a', 5, 10);
      await system.start();
      watched = false;
      clock.advance(2_000);
      await waitFor('a quiet turn', () => Promise.resolve(true));
      watched = true;
      await waitFor('an event', () => {
        clock.advance(2_000);
        return Promise.resolve(told.length > 0);
      });
      const { type, subject, data } = told[0]!;
      expect({ type, subject }).to.deep.equal({ type: 'system.sampled', subject: 'system/overview' });
      const view = JSON.parse(data) as OverviewOut;
      expect(view.running[0]).to.deep.include({ task_id: 'a', progress: { done: 5, total: 10 } });
      expect(view.workers).to.deep.equal({ threads: 2, busy: 1, waiting: 3 });
      expect(view.parts).to.deep.equal([{ name: 'database', status: 'ok', detail: null }]);
      expect(view.minutes.length).to.be.at.most(2);
      await system.stop();
    });

    it('forgets the progress of what has ended', async () => {
      const system = create();
      system.taskProgress('a', 5, 10);
      system.taskEnded('a', { ending: 'completed', tookMs: 1 });
      expect((await overviewOf(system)).running[0]!.progress).to.equal(null);
    });
  });
}
