import { expect } from 'chai';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

describe('A task that is created while a slot is free', () => {
  onEachDatabase((bench) => {
    it('is in work with its first attempt when its creation is committed', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const created = await ledger.api.submit(newTask({ keys: ['phone:1'] }));
      expect(created).to.include({ state: 'pending', attempt: 0 });
      const now = ledger.clock.now();
      expect(await ledger.api.get(created.id)).to.include({ state: 'in_work', attempt: 1, startedAt: now });
      expect(runner.started.map(({ task }) => task.id)).to.deep.equal([created.id]);
      expect(await ledger.story(created.id)).to.deep.equal(['>pending: created', 'pending>in_work: started']);
      const events = await ledger.eventsOf(created.id, 2);
      expect(events.map(({ type, data }) => [type, data.task_status])).to.deep.equal([
        ['task.created', 'pending'],
        ['task.started', 'in_work'],
      ]);
    });

    it('waits where its transaction fails, its type is paused, it has a lane or a later time', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      const tx = bench.db.begin();
      ledger.api.create(tx, newTask());
      bench.db.beforeCommit(tx, () => {
        throw new Error('a spec');
      });
      await bench.db.commit(tx).catch(() => undefined);
      await ledger.api.pause('job', 'a spec', null);
      const paused = await ledger.api.submit(newTask());
      const later = await ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 60_000 }));
      const laned = await ledger.api.submit(newTask({ lane: 'a' }));
      for (const { id } of [paused, later, laned]) {
        expect(await ledger.api.get(id)).to.include({ state: 'pending', attempt: 0, startedAt: null });
      }
      expect(await ledger.story(paused.id)).to.deep.equal(['>pending: created']);
      await ledger.api.resume('job', 'a spec');
      for (const { id } of [paused, laned]) {
        const attempt = await runner.next();
        expect(attempt.task.id).to.equal(id);
        attempt.end(DONE);
        await ledger.reaches(id, 'completed');
      }
    });

    it('goes behind those that came when all slots were taken', async () => {
      const runner = new ScriptedRunner({ concurrency: 2 });
      const ledger = await bench.start({ runners: [runner] });
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) ids.push((await ledger.api.submit(newTask())).id);
      for (let i = 0; i < 6; i++) {
        const attempt = await runner.next();
        attempt.end(DONE);
        if (i < 3) ids.push((await ledger.api.submit(newTask())).id);
      }
      await waitFor('all of them', async () => {
        for (const attempt of runner.started) attempt.end(DONE);
        return runner.started.length === ids.length;
      });
      expect(runner.mostAtOnce).to.equal(2);
      const order = runner.started.map(({ task }) => task.id);
      // Two run side by side, so neighbours may change places; nobody overtakes those who waited.
      for (const [at, id] of order.entries()) expect(Math.abs(ids.indexOf(id) - at), id).to.be.at.most(1);
    });
  });
});
