import { expect } from 'chai';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

const DAY_MS = 86_400_000;

describe('Deadlines of tasks', () => {
  onEachDatabase((bench) => {
    it('end a task that still waits', async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner({ type: 'another' })] });
      const task = await ledger.api.submit(newTask());
      expect(task.deadlineAt).to.equal(task.createdAt + 600_000);
      ledger.clock.advance(598_000);
      expect((await ledger.api.require(task.id)).state).to.equal('pending');
      await ledger.pass('the end', 1_000, async () => (await ledger.api.require(task.id)).endedAt !== null);
      const ended = await ledger.api.require(task.id);
      expect(ended).to.include({ state: 'error', errorCode: 'tasks.deadline-passed' });
      expect(ended.errorMessage).to.equal('The task did not end before its deadline');
      expect(await ledger.deadLetters.list({ limit: 10 })).to.deep.equal([]);
    });

    it('stop an attempt, and end its task in error however the attempt failed', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask({ deadlineAt: ledger.clock.now() + 3_000 }));
      const attempt = await runner.next();
      ledger.clock.advance(2_999);
      expect(attempt.context.signal.aborted).to.equal(false);
      ledger.clock.advance(1);
      expect(attempt.context.signal.aborted).to.equal(true);
      attempt.end(failed(true));
      expect(await ledger.reaches(task.id, 'error', 'pending')).to.include({
        state: 'error',
        errorCode: 'tasks.deadline-passed',
      });
    });

    it('end a task that waits for a retry', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask({ deadlineAt: ledger.clock.now() + 500 }));
      (await runner.next()).end(failed(true));
      await ledger.reaches(task.id, 'pending');
      await ledger.pass('the end', 500, async () => (await ledger.api.require(task.id)).state === 'error');
      expect(runner.started).to.have.length(1);
    });

    it('may lie further ahead than a timer reaches', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const longest: number[] = [];
      const after = ledger.clock.after.bind(ledger.clock);
      ledger.clock.after = (delayMs, fn) => {
        longest.push(delayMs);
        return after(delayMs, fn);
      };
      const task = await ledger.api.submit(newTask({ deadlineAt: ledger.clock.now() + 60 * DAY_MS }));
      (await runner.next()).end(DONE);
      await ledger.reaches(task.id, 'completed');
      expect(Math.max(...longest)).to.be.at.most(2 ** 31 - 1);
    });

    it('end many waiting tasks in one look', async () => {
      const ledger = await bench.start();
      const deadlineAt = ledger.clock.now() + 10_000;
      await Promise.all(Array.from({ length: 450 }, () => ledger.api.submit(newTask({ deadlineAt }))));
      ledger.clock.advance(9_999);
      expect((await ledger.api.list({ states: ['error'] }, 1)).items).to.deep.equal([]);
      await ledger.pass(
        'the look',
        250,
        async () => (await ledger.api.list({ states: ['error'] }, 1)).items.length > 0,
      );
      await waitFor(
        'the end of all',
        async () => (await ledger.api.list({ states: ['error'] }, 500)).items.length === 450,
      );
    });
  });
});
