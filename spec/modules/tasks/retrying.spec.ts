import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { EndedTask } from '../../../src/modules/tasks/index.js';
import { partingDelayMs, retryDelayMs } from '../../../src/modules/tasks/retry-policy.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

describe('Retrying tasks', () => {
  it('doubles the pause up to a limit, spread by a fifth either way', () => {
    const policy = { baseMs: 1_000, maxMs: 60_000 };
    const delays = [1, 2, 3, 7, 8, 2_000].map((failures) => retryDelayMs(policy, failures, 0.5));
    expect(delays).to.deep.equal([1_000, 2_000, 4_000, 60_000, 60_000, 60_000]);
    expect(retryDelayMs(policy, 1, 0)).to.equal(800);
    expect(retryDelayMs(policy, 1, 0.999_999)).to.equal(1_200);
  });

  it('parts those that were lost together by pauses that differ widely and never exceed the limit', () => {
    const policy = { baseMs: 1_000, maxMs: 60_000 };
    const delays = [1, 2, 3, 7, 2_000].map((losses) => partingDelayMs(policy, losses, 0.5));
    expect(delays).to.deep.equal([1_000, 2_000, 4_000, 33_333, 33_333]);
    expect([0, 0.999_999].map((random) => partingDelayMs(policy, 1, random))).to.deep.equal([200, 1_800]);
    expect([0, 0.999_999].map((random) => partingDelayMs(policy, 9, random))).to.deep.equal([6_667, 60_000]);
  });

  onEachDatabase((bench) => {
    it('tries again after a pause, and counts the failures', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      (await runner.next()).end(failed(true));
      const waiting = await ledger.reaches(task.id, 'pending');
      expect(waiting).to.include({ failures: 1, attempt: 1, notBefore: task.createdAt + 1_000 });
      const second = await ledger.pass('the second attempt', 100, () => runner.started[1]);
      expect(second?.task).to.include({
        attempt: 2,
        failures: 1,
        startedAt: task.startedAt ?? task.createdAt,
      });
      second?.end(DONE);
      const ended = await ledger.reaches(task.id, 'completed');
      expect(ended).to.include({ attempt: 2, failures: 1, errorMessage: null });
      expect(await ledger.story(task.id)).to.deep.equal([
        '>pending: created',
        'pending>in_work: started',
        'in_work>pending: failed, tried again: the other side is away',
        'pending>in_work: started',
        'in_work>completed: completed',
      ]);
    });

    it('ends in error and as a dead letter when every attempt has failed', async () => {
      const runner = new ScriptedRunner({ maxAttempts: 3 });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      for (let tried = 1; tried <= 3; tried++) {
        const attempt = await ledger.pass(`attempt ${tried}`, 500, () => runner.started[tried - 1]);
        attempt?.end(failed(true, `away for the ${tried}. time`));
        await ledger.reaches(task.id, 'pending', 'error');
      }
      const ended = await ledger.reaches(task.id, 'error');
      const error = { errorCode: 'spec.failed', errorMessage: 'away for the 3. time' };
      expect(ended).to.include({ attempt: 3, failures: 2, ...error });
      const letters = await ledger.deadLetters.list({ limit: 10 });
      expect(letters).to.have.length(1);
      expect(letters[0]).to.include({
        kind: 'task',
        source: 'job',
        reason: 'spec.failed',
        detail: 'away for the 3. time',
        attempts: 3,
        taskId: task.id,
        firstAt: task.createdAt,
        lastAt: ended.endedAt,
      });
    });

    it('ends at once, without a dead letter, where no retry can help', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      (await runner.next()).end(failed(false, 'No attempts found for phones 7'));
      const ended = await ledger.reaches(task.id, 'error');
      expect(ended).to.include({ attempt: 1, errorMessage: 'No attempts found for phones 7' });
      expect(await ledger.deadLetters.list({ limit: 10 })).to.deep.equal([]);
    });

    it('takes a thrown AppError for what it says', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const [lasting, passing] = [await ledger.api.submit(newTask()), await ledger.api.submit(newTask())];
      const [first, second] = [await runner.next(), await runner.next()];
      first.fail(new AppError('The data file is damaged', { code: 'reports.damaged', kind: 'conflict' }));
      second.fail(new AppError('The server is away', { code: 'spec.away', kind: 'unavailable' }));
      const ended = await ledger.reaches(lasting.id, 'error');
      expect(ended).to.include({ errorCode: 'reports.damaged', errorMessage: 'The data file is damaged' });
      expect(await ledger.reaches(passing.id, 'pending')).to.include({ failures: 1 });
    });

    it('masks an unexpected error, and tries again', async () => {
      const runner = new ScriptedRunner({ maxAttempts: 2 });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      (await runner.next()).fail(new Error('password=hunter2'));
      await ledger.reaches(task.id, 'pending');
      (await ledger.pass('the retry', 500, () => runner.started[1]))?.fail('not even an error');
      const ended = await ledger.reaches(task.id, 'error');
      expect(ended).to.include({ errorCode: 'tasks.internal', errorMessage: 'Internal error' });
      const told = JSON.stringify([await ledger.api.history(task.id), await ledger.events.read(0, 100)]);
      expect(told).not.to.contain('hunter2');
    });

    it('hands the ending to the runner inside the transaction, exactly once', async () => {
      const endings: EndedTask[] = [];
      const runner = new ScriptedRunner({ ended: (_tx, ended) => endings.push(ended) });
      const ledger = await bench.start({ runners: [runner] });
      const done = await ledger.api.submit(newTask());
      (await runner.next()).end({ ...DONE, extra: 'for the answer' });
      await ledger.reaches(done.id, 'completed');
      const bad = await ledger.api.submit(newTask());
      (await runner.next()).end(failed(false, 'no'));
      await ledger.reaches(bad.id, 'error');
      const unwanted = await ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 1_000 }));
      await ledger.api.cancel(unwanted, 'a spec');
      const told = endings.map(({ ending, errorMessage, extra }) => [ending, errorMessage, extra]);
      expect(told).to.deep.equal([
        ['completed', null, 'for the answer'],
        ['error', 'no', undefined],
        ['cancelled', null, undefined],
      ]);
    });
  });
});
