import { expect } from 'chai';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

describe('Stopping the ledger', () => {
  onEachDatabase((bench) => {
    it('waits for what runs, and takes nothing more', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      const [running, waiting] = [await ledger.api.submit(newTask()), await ledger.api.submit(newTask())];
      const attempt = await runner.next();
      const stopping = ledger.module.stop(30_000);
      ledger.clock.advance(29_999);
      expect(attempt.context.signal.aborted).to.equal(false);
      attempt.end(DONE);
      await stopping;
      expect(await ledger.api.require(running.id)).to.include({ state: 'completed' });
      expect(await ledger.api.require(waiting.id)).to.include({ state: 'pending', attempt: 0 });
      expect(runner.started).to.have.length(1);
    });

    it('releases what does not end in time, without counting it as a failure', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      await runner.next();
      const stopping = ledger.module.stop(30_000);
      await ledger.pass('the end of the drain', 1_000, () => runner.started[0]?.context.signal.aborted);
      await stopping;
      const released = await ledger.api.require(task.id);
      expect(released).to.include({ state: 'pending', failures: 0, lapses: 0, attempt: 1 });
      expect((await ledger.story(task.id)).at(-1)).to.equal('in_work>pending: released at shutdown');
      const next = new ScriptedRunner();
      await bench.start({ runners: [next], clock: ledger.clock, owner: 'next' });
      expect((await next.next()).task).to.include({ id: task.id, attempt: 2 });
    });

    it('lets a task complete that had its result in the last moment', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      const stopping = ledger.module.stop(0);
      await ledger.pass('the interruption', 1, () => attempt.context.signal.aborted);
      attempt.end(DONE);
      await stopping;
      expect(await ledger.api.require(task.id)).to.include({ state: 'completed' });
    });

    it('releases what does not even heed its signal', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      await runner.next();
      await ledger.stop();
      expect(await ledger.api.require(task.id)).to.include({ state: 'pending', failures: 0 });
    });

    it('leaves no timer behind', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      await ledger.api.submit(newTask());
      (await runner.next()).end(DONE);
      await ledger.stop();
      expect(ledger.clock.pendingTimers).to.equal(0);
    });
  });
});
