import { expect } from 'chai';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

describe('Dispatching tasks', () => {
  onEachDatabase((bench) => {
    it('runs by priority, and within one by arrival', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = bench.make({ runners: [runner] });
      const priorities = ['low', 'normal', 'high', 'normal', 'high', 'low'] as const;
      const ids = [];
      for (const priority of priorities) ids.push((await ledger.api.submit(newTask({ priority }))).id);
      await ledger.start();
      const order = [];
      for (let ran = 0; ran < ids.length; ran++) {
        const attempt = await runner.next();
        order.push(ids.indexOf(attempt.task.id));
        attempt.end(DONE);
      }
      expect(order).to.deep.equal([2, 4, 1, 3, 0, 5]);
    });

    it('starts a whole batch in that order too, also in its events', async () => {
      const runner = new ScriptedRunner({ concurrency: 10 });
      const ledger = bench.make({ runners: [runner] });
      const low = await ledger.api.submit(newTask({ priority: 'low' }));
      const high = await ledger.api.submit(newTask({ priority: 'high' }));
      await ledger.start();
      expect([(await runner.next()).task.id, (await runner.next()).task.id]).to.deep.equal([high.id, low.id]);
      const starts = await ledger.pass('both starts in the events', 500, async () => {
        const events = await ledger.events.read(0, 100);
        const started = events.filter(({ type }) => type === 'task.started');
        return started.length === 2 && started.map(({ subject }) => subject);
      });
      expect(starts).to.deep.equal([`tasks/${high.id}`, `tasks/${low.id}`]);
    });

    it('keeps each type within its concurrency', async () => {
      const few = new ScriptedRunner({ type: 'few', concurrency: 2 });
      const more = new ScriptedRunner({ type: 'more', concurrency: 5 });
      const ledger = await bench.start({ runners: [few, more] });
      const types = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'few' : 'more'));
      await Promise.all(types.map((type) => ledger.api.submit(newTask({ type }))));
      for (let ran = 0; ran < 20; ran++) {
        (await few.next()).end(DONE);
        (await more.next()).end(DONE);
      }
      expect([few.mostAtOnce, more.mostAtOnce]).to.deep.equal([2, 5]);
    });

    it('takes a free slot at once, without waiting for the next look', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      await ledger.api.submit(newTask());
      await ledger.api.submit(newTask());
      (await runner.next()).end(DONE);
      const second = await runner.next();
      expect(second.task.attempt).to.equal(1);
      expect(ledger.clock.monotonic()).to.equal(0);
    });

    it('leaves a type that nobody does here alone', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const foreign = await ledger.api.submit(newTask({ type: 'foreign' }));
      await ledger.api.submit(newTask());
      await runner.next();
      expect((await ledger.api.require(foreign.id)).state).to.equal('pending');
    });

    it('runs a lane one at a time and in order, other lanes beside it', async () => {
      const runner = new ScriptedRunner({ concurrency: 10 });
      const ledger = bench.make({ runners: [runner] });
      const ids = [];
      for (const lane of ['a', 'b', 'a', 'b', 'a']) {
        const priority: 'high' | 'normal' = ids.length === 4 ? 'high' : 'normal';
        ids.push((await ledger.api.submit(newTask({ lane, priority }))).id);
      }
      await ledger.start();
      const [a1, b1] = [await runner.next(), await runner.next()];
      expect([a1.task.id, b1.task.id]).to.deep.equal([ids[0], ids[1]]);
      a1.end(DONE);
      const a2 = await runner.next();
      expect(a2.task.id).to.equal(ids[2]);
      expect(runner.started).to.have.length(3);
      a2.end(DONE);
      expect((await runner.next()).task.id).to.equal(ids[4]);
    });

    it('keeps the order of a lane across a retry', async () => {
      const runner = new ScriptedRunner({ concurrency: 10 });
      const ledger = await bench.start({ runners: [runner] });
      const first = await ledger.api.submit(newTask({ lane: 'a' }));
      const second = await ledger.api.submit(newTask({ lane: 'a' }));
      (await runner.next()).end(failed(true));
      await ledger.reaches(first.id, 'pending');
      const again = await ledger.pass('the retry', 200, () => runner.started[1]);
      expect(again?.task).to.include({ id: first.id, attempt: 2 });
      again?.end(DONE);
      await waitFor('the second of the lane', () => runner.started[2]?.task.id === second.id);
    });

    it('frees a lane whose head was cancelled', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const inFuture = ledger.clock.now() + 60_000;
      const head = await ledger.api.submit(newTask({ lane: 'a', notBefore: inFuture }));
      const next = await ledger.api.submit(newTask({ lane: 'a' }));
      await ledger.api.submit(newTask());
      expect((await runner.next()).task.lane).to.equal(null);
      expect(await ledger.api.cancel(head, 'a spec')).to.equal('cancelled');
      expect((await runner.next()).task.id).to.equal(next.id);
    });

    it('does not start a task before its time', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const at = ledger.clock.now() + 5_000;
      const late = await ledger.api.submit(newTask({ notBefore: at }));
      const soon = await ledger.api.submit(newTask());
      expect((await runner.next()).task.id).to.equal(soon.id);
      const attempt = await ledger.pass('its time', 250, () => runner.started[1]);
      expect(attempt?.task).to.include({ id: late.id });
      expect(attempt?.task.startedAt).to.be.within(at, at + 1_000);
    });

    it('ends a task that has expired before it was started', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      await ledger.api.submit(newTask());
      const running = await runner.next();
      const task = await ledger.api.submit(newTask({ expiresAt: ledger.clock.now() + 2_000 }));
      ledger.clock.advance(2_000);
      running.end(DONE);
      const ended = await ledger.pass('the expiry', 500, async () => {
        const now = await ledger.api.require(task.id);
        return now.state !== 'pending' && now;
      });
      expect(ended).to.include({ state: 'error', errorCode: 'tasks.expired', attempt: 0 });
      expect(runner.started).to.have.length(1);
    });
  });
});
