import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

describe('Waiting for the end of a task', () => {
  onEachDatabase((bench) => {
    it('resolves with the ended task as soon as it has ended here', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const waits = Array.from({ length: 3 }, () => ledger.api.awaitEnd(task.id, 60_000));
      (await runner.next()).end(DONE);
      for (const ended of await Promise.all(waits)) expect(ended).to.include({ state: 'completed' });
      expect(ledger.clock.monotonic()).to.equal(0);
    });

    it('resolves at once for a task that has ended before', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      (await runner.next()).end(failed(false));
      await ledger.reaches(task.id, 'error');
      expect(await ledger.api.awaitEnd(task.id, 60_000)).to.include({ state: 'error' });
    });

    it('gives the task as it is when the time is over, and leaves no timer', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask());
      const before = ledger.clock.pendingTimers;
      const waiting = Array.from({ length: 100 }, () => ledger.api.awaitEnd(task.id, 2_000));
      ledger.clock.advance(2_000);
      for (const end of await Promise.all(waiting)) expect(end).to.include({ state: 'pending' });
      // The ledger has a few of its own, which come and go.
      await waitFor('the timers to be gone', () => ledger.clock.pendingTimers < before + 50);
    });

    it('ends when its caller goes away', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask());
      const caller = new AbortController();
      const waiting = ledger.api.awaitEnd(task.id, 60_000, caller.signal);
      caller.abort();
      expect(await waiting).to.include({ state: 'pending' });
      expect(await ledger.api.awaitEnd(task.id, 60_000, caller.signal)).to.include({ state: 'pending' });
    });

    it('ends with the module', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask());
      const waiting = ledger.api.awaitEnd(task.id, 60_000);
      await ledger.stop();
      expect(await waiting).to.include({ state: 'pending' });
    });
  });

  onEachDatabase((bench) => {
    it('is told by a replica that ended it', async () => {
      const runner = new ScriptedRunner();
      const far = await bench.start({ runners: [runner], owner: 'far', db: await bench.another() });
      const near = await bench.start({ owner: 'near', clock: far.clock });
      const task = await near.api.submit(newTask());
      const waiting = near.api.awaitEnd(task.id, 60_000);
      (await runner.next()).end(DONE);
      expect(await waiting).to.include({ state: 'completed' });
      expect(far.clock.monotonic()).to.equal(0);
    });

    it('looks at every waiter, however many there are', async () => {
      const far = await bench.start({ owner: 'far', db: await bench.another() });
      const near = await bench.start({ owner: 'near', clock: far.clock });
      const tasks = await Promise.all(Array.from({ length: 600 }, () => near.api.submit(newTask())));
      const waits = tasks.map((task) => near.api.awaitEnd(task.id, 600_000));
      const last = tasks.at(-1)!;
      // Behind the first look of each, so that only a later one can tell.
      await Promise.all(tasks.map(({ id }) => near.api.get(id)));
      await far.api.cancel(last, 'a spec');
      expect(await waits.at(-1)).to.include({ state: 'cancelled' });
      near.clock.advance(600_000);
      await Promise.all(waits);
    });
  }, 'PostgreSQL');
});

describe('The limit of waiting tasks', () => {
  onEachDatabase((bench) => {
    it('refuses new work until there is room again, but not what is known already', async () => {
      const runner = new ScriptedRunner({ concurrency: 2 });
      const ledger = await bench.start({ config: { waitingLimit: 5 } });
      const idempotency = { scope: 's', key: 'k', body: Buffer.from('b') };
      const first = await ledger.api.submit(newTask(), idempotency);
      for (let n = 1; n < 5; n++) await ledger.api.submit(newTask());
      const refusal: unknown = await ledger.api.submit(newTask()).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(AppError);
      expect(refusal).to.include({ code: 'tasks.too-many-waiting', kind: 'unavailable', retryAfterS: 5 });
      expect(() => ledger.api.create(bench.db.begin(), newTask())).to.throw('5 tasks are waiting');
      expect((await ledger.api.submit(newTask(), idempotency)).id).to.equal(first.id);
      ledger.module.use([runner]);
      await ledger.pass('room', 500, () => ledger.api.load().waiting < 5);
      await ledger.api.submit(newTask());
    });

    it('is known at the start', async () => {
      const before = await bench.start();
      for (let n = 0; n < 3; n++) await before.api.submit(newTask());
      const after = await bench.start({ owner: 'after', config: { waitingLimit: 3 } });
      const refusal: unknown = await after.api.submit(newTask()).catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'tasks.too-many-waiting' });
    });
  });
});
