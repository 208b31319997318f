import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { Ledger } from './ledger.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error('it was taken'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}

describe('Cancelling tasks', () => {
  onEachDatabase((bench) => {
    async function waitingTask(ledger: Ledger) {
      return ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 60_000 }));
    }

    it('ends a waiting task at once, in the name of who asked', async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner()] });
      const task = await waitingTask(ledger);
      expect(await ledger.api.cancel(task, 'the night shift')).to.equal('cancelled');
      const ended = await ledger.api.require(task.id);
      expect(ended).to.include({ state: 'cancelled', endedAt: ledger.clock.now(), errorMessage: null });
      const [, entry] = await ledger.api.history(task.id);
      expect(entry).to.include({ reason: 'cancelled while waiting', actor: 'the night shift', attempt: 0 });
    });

    it('tells a running attempt to stop, and ends the task when it has', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      expect(await ledger.api.cancel(task, 'the night shift')).to.equal('cancelling');
      expect(attempt.context.signal.aborted).to.equal(true);
      expect(await ledger.api.require(task.id)).to.include({ state: 'in_work', cancelRequested: true });
      attempt.end(failed(true, 'stopped half-way'));
      expect(await ledger.reaches(task.id, 'cancelled')).to.include({ errorMessage: null, failures: 0 });
    });

    it('keeps who asked for the cancel of a running task, however often', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      expect(await ledger.api.cancel(task, 'the night shift')).to.equal('cancelling');
      expect(await ledger.api.cancel(task, 'somebody else')).to.equal('cancelling');
      attempt.end(failed(true));
      await ledger.reaches(task.id, 'cancelled');
      const told = (await ledger.api.history(task.id)).slice(2).map(({ reason, actor }) => [reason, actor]);
      expect(told).to.deep.equal([
        ['cancel requested', 'the night shift'],
        ['cancelled while running', 'here'],
      ]);
    });

    it('lets a result stand that was there before the attempt could stop', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      await ledger.api.cancel(task, 'a spec');
      attempt.end(DONE);
      await ledger.reaches(task.id, 'completed');
      expect((await ledger.api.result(task.id))?.body).to.equal('{"done":true}');
    });

    it('leaves an attempt behind that does not stop, and drops what it says later', async () => {
      const runner = new ScriptedRunner({ heeds: false, concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const stuck = await runner.next();
      await ledger.api.cancel(task, 'a spec');
      await ledger.pass('the end', 1_000, async () => (await ledger.api.get(task.id))?.state === 'cancelled');
      const next = await ledger.api.submit(newTask());
      expect((await runner.next()).task.id).to.equal(next.id);
      stuck.end(DONE);
      await ledger.api.history(task.id);
      expect(await ledger.api.require(task.id)).to.include({ state: 'cancelled' });
      expect(await ledger.api.result(task.id)).to.equal(undefined);
    });

    it('refuses for a task that has ended, whichever way', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      (await runner.next()).end(DONE);
      const completed = await ledger.reaches(task.id, 'completed');
      for (const seen of [task, completed]) {
        const error = await refusal(ledger.api.cancel(seen, 'a spec'));
        expect(error).to.include({ code: 'tasks.already-ended', kind: 'conflict' });
        expect(error.message).to.equal('The task has ended already: completed');
      }
    });

    it('cancels once where many ask at the same time', async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner()] });
      const task = await waitingTask(ledger);
      const asked = Array.from({ length: 20 }, (_, index) => ledger.api.cancel(task, `caller ${index}`));
      const answers = await Promise.allSettled(asked);
      expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await ledger.story(task.id)).to.have.length(2);
    });

    it('does not let a task wait for a retry that was to be cancelled', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      // As another replica asks: this process has not heard of it when its attempt fails.
      const schema = bench.db.schema<{ tasks: { id: string; cancel_requested: number } }>();
      const tx = bench.db.begin();
      bench.db.add(tx, schema.updateTable('tasks').set({ cancel_requested: 1 }).where('id', '=', task.id));
      await bench.db.commit(tx);
      attempt.end(failed(true));
      expect(await ledger.reaches(task.id, 'pending', 'cancelled')).to.include({ state: 'cancelled' });
    });
  });

  onEachDatabase((bench) => {
    it('reaches an attempt on another replica', async () => {
      const runner = new ScriptedRunner();
      const far = await bench.start({ runners: [runner], owner: 'far', db: await bench.another() });
      const near = await bench.start({ owner: 'near', clock: far.clock });
      const task = await near.api.submit(newTask());
      await runner.next();
      expect(await near.api.cancel(task, 'a spec')).to.equal('cancelling');
      expect(await near.reaches(task.id, 'cancelled')).to.include({ attempt: 1 });
      expect(far.clock.monotonic()).to.equal(0);
    });
  }, 'PostgreSQL');
});
