import { expect } from 'chai';
import type { Uuid } from '../../../src/kernel/ids.js';
import { MOST_LAPSES } from '../../../src/modules/tasks/settle-attempt.js';
import type { TasksSchema } from '../../../src/modules/tasks/tasks.schema.js';
import type { Database } from '../../../src/platform/db/database.js';
import { waitFor } from '../../support/wait-for.js';
import { CONFIG, freshClock, newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

const { leaseMs } = CONFIG;

async function leaseOf(db: Database, id: Uuid): Promise<{ owner: string | null; until: number }> {
  const row = await db
    .schema<TasksSchema>()
    .selectFrom('tasks')
    .select(['owner', 'lease_until'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { owner: row.owner, until: row.lease_until ?? 0 };
}

describe('Leases of attempts', () => {
  onEachDatabase((bench) => {
    it('are renewed while the attempt runs, and gone afterwards', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      const first = await leaseOf(bench.db, task.id);
      expect(first).to.deep.equal({ owner: 'here', until: ledger.clock.now() + leaseMs });
      await ledger.pass(
        'a renewal',
        1_000,
        async () => (await leaseOf(bench.db, task.id)).until > first.until,
      );
      const end = ledger.clock.monotonic() + 2 * leaseMs;
      await ledger.pass('two leases to pass', 500, () => ledger.clock.monotonic() > end);
      expect(await ledger.api.require(task.id)).to.include({ attempt: 1, state: 'in_work' });
      attempt.end(DONE);
      await ledger.reaches(task.id, 'completed');
      expect(await leaseOf(bench.db, task.id)).to.deep.equal({ owner: null, until: 0 });
    });

    it('that lapse are taken over, and the late outcome is refused', async () => {
      const [lostRunner, runner] = [new ScriptedRunner({ heeds: false }), new ScriptedRunner()];
      // Its clock stands still, so it does not renew: a process that hangs.
      const lost = await bench.start({ runners: [lostRunner], owner: 'lost' });
      const clock = freshClock(leaseMs - 1_000);
      const other = await bench.start({ owner: 'other', clock, runners: [] });
      const task = await lost.api.submit(newTask());
      const late = await lostRunner.next();
      other.module.use([runner]);
      const second = await other.pass('the takeover', 500, () => runner.started[0]);
      expect(second?.task).to.include({ id: task.id, attempt: 2, lapses: 1, failures: 0 });
      late.end({ kind: 'completed', result: { contentType: 'text/plain', body: 'late' } });
      await waitFor('the late outcome to be refused', () => lost.api.load().running === 0);
      expect(await other.api.require(task.id)).to.include({ state: 'in_work', attempt: 2 });
      second?.end(DONE);
      await other.reaches(task.id, 'completed');
      expect((await other.api.result(task.id))?.body).to.equal('{"done":true}');
      const actors = (await other.api.history(task.id)).map(({ to, actor }) => `${to} ${actor}`);
      expect(actors).to.deep.equal([
        'pending a spec',
        'in_work lost',
        'pending other',
        'in_work other',
        'completed other',
      ]);
    });

    it('keep a result that stands, whatever the old attempt says later', async () => {
      const [lostRunner, runner] = [new ScriptedRunner({ heeds: false }), new ScriptedRunner()];
      const lost = await bench.start({ runners: [lostRunner], owner: 'lost' });
      const task = await lost.api.submit(newTask());
      const late = await lostRunner.next();
      const other = await bench.start({ owner: 'other', clock: freshClock(leaseMs), runners: [runner] });
      (await other.pass('the takeover', 500, () => runner.started[0]))?.end(DONE);
      await other.reaches(task.id, 'completed');
      const before = [await other.api.require(task.id), await other.story(task.id)];
      late.end(failed(true, 'late'));
      await waitFor('the late outcome to be refused', () => lost.api.load().running === 0);
      expect([await other.api.require(task.id), await other.story(task.id)]).to.deep.equal(before);
    });

    it('that were taken over stop the old attempt at its next renewal', async () => {
      const [lostRunner, runner] = [new ScriptedRunner(), new ScriptedRunner()];
      const lost = await bench.start({ runners: [lostRunner], owner: 'lost' });
      const task = await lost.api.submit(newTask());
      const old = await lostRunner.next();
      const other = await bench.start({ owner: 'other', clock: freshClock(leaseMs), runners: [runner] });
      await other.pass('the takeover', 500, () => runner.started[0]);
      await lost.pass('the old attempt to stop', 1_000, () => old.context.signal.aborted);
      await waitFor('the slot to be free', () => lost.api.load().running === 0);
      expect(await other.api.require(task.id)).to.include({ state: 'in_work', attempt: 2 });
    });

    it('are not renewed for an attempt that this process does not work on any more', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const [orphan, other] = [await ledger.api.submit(newTask()), await ledger.api.submit(newTask())];
      await runner.next();
      await runner.next();
      // As after an outcome that could not be stored: the row says that it runs here, and it does not.
      const foreign = await bench.make().api.submit(newTask({ type: 'nobody' }));
      const tx = bench.db.begin();
      const update = bench.db.schema<TasksSchema>().updateTable('tasks').where('id', '=', foreign.id);
      const until = ledger.clock.now() + leaseMs;
      bench.db.add(tx, update.set({ state: 'in_work', owner: 'here', attempt: 1, lease_until: until }));
      await bench.db.commit(tx);
      await ledger.pass('the lapse', 500, async () => (await ledger.api.require(foreign.id)).lapses === 1);
      for (const { id } of [orphan, other]) {
        expect(await ledger.api.require(id)).to.include({ state: 'in_work', attempt: 1, lapses: 0 });
      }
    });

    it('that lapse a third time cost a pause, which grows', async () => {
      const ledger = await bench.start();
      for (const [lapses, leastPause, mostPause] of [
        [0, 0, 0],
        [1, 0, 0],
        [2, 300, 1_800],
        [6, 12_000, 20_000],
      ] as const) {
        const task = await ledger.api.submit(
          newTask({ type: 'nobody', deadlineAt: ledger.clock.now() + 1e9 }),
        );
        const tx = bench.db.begin();
        const update = bench.db.schema<TasksSchema>().updateTable('tasks').where('id', '=', task.id);
        const [attempt, begun] = [lapses + 1, lapses + 1];
        const gone = { state: 'in_work' as const, owner: 'gone', attempt, begun, lapses };
        bench.db.add(tx, update.set({ ...gone, lease_until: ledger.clock.now() }));
        await bench.db.commit(tx);
        const lapsed = await ledger.pass('the lapse', 500, async () => {
          const now = await ledger.api.require(task.id);
          const lapse = (await ledger.api.history(task.id)).at(-1)!;
          return now.lapses === lapses + 1 ? { pause: now.notBefore - lapse.at } : undefined;
        });
        if (mostPause === 0) expect(lapsed!.pause, `after ${lapses}`).to.be.at.most(500);
        else expect(lapsed!.pause, `after ${lapses}`).to.be.within(leastPause, mostPause);
      }
    });

    it('that lapse too often end the task as a dead letter', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask({ deadlineAt: ledger.clock.now() + 1e9 }));
      const tx = bench.db.begin();
      const update = bench.db.schema<TasksSchema>().updateTable('tasks').where('id', '=', task.id);
      const gone = { state: 'in_work' as const, owner: 'gone', attempt: 21, begun: 21, lapses: MOST_LAPSES };
      bench.db.add(tx, update.set({ ...gone, lease_until: ledger.clock.now() }));
      await bench.db.commit(tx);
      await ledger.pass('the end', 500, async () => (await ledger.api.require(task.id)).state === 'error');
      const [letter] = await ledger.deadLetters.list({ limit: 10 });
      expect(letter).to.include({ reason: 'tasks.lost', taskId: task.id, attempts: 21 });
    });
  });

  onEachDatabase((bench) => {
    it('of a dead process are taken back at the start, cancels included', async () => {
      const dead = new ScriptedRunner({ heeds: false });
      const before = await bench.start({ runners: [dead], owner: 'before' });
      const [task, unwanted] = [await before.api.submit(newTask()), await before.api.submit(newTask())];
      const left = [await dead.next(), await dead.next()];
      await before.api.cancel(unwanted, 'a spec');
      const runner = new ScriptedRunner();
      const after = await bench.start({ runners: [runner], owner: 'after' });
      expect((await runner.next()).task).to.include({ id: task.id, attempt: 2, lapses: 1 });
      expect(await after.api.require(unwanted.id)).to.include({ state: 'cancelled' });
      expect(after.clock.monotonic()).to.equal(0);
      for (const attempt of left) attempt.end(DONE);
      await waitFor('the refusals', () => before.api.load().running === 0);
      expect(await after.api.require(task.id)).to.include({ state: 'in_work' });
    });
  }, 'SQLite');
});
