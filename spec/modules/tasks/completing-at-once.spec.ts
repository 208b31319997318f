import { expect } from 'chai';
import { TxConflict } from '../../../src/kernel/tx.js';
import type { EndedTask } from '../../../src/modules/tasks/index.js';
import { failureOf } from '../../support/failure-of.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

const atOnce = (): Promise<typeof DONE> => Promise.resolve({ ...DONE, extra: 'more' });

describe('A task whose runner has its outcome at once', () => {
  onEachDatabase((bench) => {
    it('is completed by the transaction that creates it, with all that any other has', async () => {
      const told: EndedTask[] = [];
      const runner = new ScriptedRunner({ atOnce, ended: (_tx, ended) => told.push(ended) });
      const ledger = await bench.start({ runners: [runner] });
      const { id } = await ledger.api.submit(newTask({ keys: ['phone:1'] }));
      const now = ledger.clock.now();
      const ended = { state: 'completed', attempt: 1, startedAt: now, endedAt: now, failures: 0 };
      expect(ledger.api.ended(id)?.task).to.include({ id, ...ended });
      expect(await ledger.api.get(id)).to.include(ended);
      expect(await ledger.api.result(id)).to.deep.equal(DONE.result);
      expect(await ledger.story(id)).to.deep.equal([
        '>pending: created',
        'pending>in_work: started',
        'in_work>completed: completed',
      ]);
      const events = await ledger.eventsOf(id, 3);
      expect(events.map(({ type, data }) => [type, data.task_status])).to.deep.equal([
        ['task.created', 'pending'],
        ['task.started', 'in_work'],
        ['task.completed', 'completed'],
      ]);
      const { items } = await ledger.api.list({ keys: ['phone:1'] }, 10);
      expect(items.map((item) => item.id)).to.deep.equal([id]);
      expect(told.map(({ task, ending, extra }) => [task.id, ending, extra])).to.deep.equal([
        [id, 'completed', 'more'],
      ]);
      expect(runner.started).to.deep.equal([]);
      expect((await ledger.api.awaitEnd(id, 1_000)).state).to.equal('completed');
    });

    it("is the first call's where the idempotency key is the same", async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner({ atOnce })] });
      const key = { scope: 'a spec', key: 'one', body: Buffer.from('{}') };
      const first = await ledger.api.submit(newTask(), key);
      expect((await ledger.api.submit(newTask(), key)).id).to.equal(first.id);
    });

    it('waits where its type is paused, it has a lane or a later time, or the runner has no outcome', async () => {
      let has = true;
      const runner = new ScriptedRunner({
        concurrency: 1,
        atOnce: () => Promise.resolve(has ? DONE : undefined),
      });
      const ledger = await bench.start({ runners: [runner] });
      const later = await ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 60_000 }));
      const laned = await ledger.api.submit(newTask({ lane: 'a' }));
      await ledger.api.pause('job', 'a spec', null);
      const paused = await ledger.api.submit(newTask());
      for (const { id } of [later, paused]) expect((await ledger.api.require(id)).state).to.equal('pending');
      await ledger.api.resume('job', 'a spec');
      has = false;
      const worked = await ledger.api.submit(newTask());
      for (const { id } of [laned, paused, worked]) {
        const attempt = await runner.next();
        attempt.end(DONE);
        await ledger.reaches(id, 'completed');
      }
    });
  });

  onEachDatabase((bench) => {
    it('waits where another process has paused its type meanwhile', async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner({ atOnce })] });
      const other = bench.make({ db: await bench.another(), runners: [new ScriptedRunner()] });
      await other.api.pause('job', 'another', null);
      const task = await ledger.api.submit(newTask());
      expect((await ledger.api.require(task.id)).state).to.equal('pending');

      const prepared = await ledger.api.prepare(newTask());
      expect(prepared.done).to.equal(undefined);
      const tx = bench.db.begin();
      ledger.api.add(tx, { ...prepared, done: DONE });
      expect(await failureOf(bench.db.commit(tx)))
        .to.be.instanceOf(TxConflict)
        .with.property('reason', 'tasks.type-paused');

      await other.api.resume('job', 'another');
      await ledger.pass('the resumption to be known', 500, async () => {
        const { done } = await ledger.api.prepare(newTask());
        return done !== undefined;
      });
    });
  }, 'PostgreSQL');
});
