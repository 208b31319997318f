import { expect } from 'chai';
import { hotTask } from '../../../src/modules/tasks/hot-task.js';
import { createEndedTasks } from '../../../src/modules/tasks/ended-tasks.js';
import type { TasksSchema } from '../../../src/modules/tasks/tasks.schema.js';
import { newUuid, type Uuid } from '../../../src/kernel/ids.js';
import { type Task, viewOf } from '../../../src/modules/tasks/index.js';
import { failureOf } from '../../support/failure-of.js';
import { freshClock, newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

const KEEP_MS = 3_600_000;

function endedTask(id: Uuid): Task {
  const times = { createdAt: 1, notBefore: 1, expiresAt: null, deadlineAt: 9, startedAt: 2, endedAt: 3 };
  const counts = { priority: 5, attempt: 1, failures: 0, lapses: 0 };
  const origin = {
    source: 'rest',
    createdBy: 'a spec',
    retryOf: null,
    requestId: 'r',
    traceparent: 't',
  } as const;
  const outcome = {
    state: 'completed',
    errorCode: null,
    errorMessage: null,
    cancelRequested: false,
    hasBegun: false,
    isElsewhere: false,
  } as const;
  const what = { id, type: 'job', lane: null, payload: '{}', correlationId: null };
  return { ...what, ...times, ...counts, ...origin, ...outcome };
}

describe('Ended tasks in memory', () => {
  onEachDatabase((bench) => {
    it('are what the database holds, and say nothing of tasks that have not ended', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const { id } = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      expect(ledger.api.ended(id)).to.equal(undefined);
      attempt.end(DONE);
      const ended = await ledger.api.awaitEnd(id, 30_000);
      const stored = await ledger.api.get(id);
      expect(ended).to.deep.equal(stored);
      expect(ledger.api.ended(id)?.task).to.deep.equal(stored);
      expect(await ledger.api.result(id)).to.deep.equal(ledger.api.ended(id)?.result);
      const other = await bench.start({ clock: ledger.clock, owner: 'another process' });
      expect(other.api.ended(id)).to.equal(undefined);
      expect(await other.api.require(id)).to.deep.equal(stored);
      expect(other.api.ended(id)).to.deep.include({ task: stored, result: undefined });
      expect(await other.api.result(id)).to.deep.equal(await ledger.api.result(id));
      expect(other.api.ended(id)?.result).to.deep.equal(await ledger.api.result(id));
    });

    it('are not answered from memory once retention may remove them', async () => {
      const ledger = await bench.start({ config: { keepMs: KEEP_MS } });
      const task = await ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 1e6 }));
      await ledger.api.cancel(task, 'a spec');
      expect(ledger.api.ended(task.id)?.task.state).to.equal('cancelled');
      const tx = bench.db.begin();
      bench.db.add(tx, bench.db.schema<TasksSchema>().deleteFrom('tasks').where('id', '=', task.id));
      await bench.db.commit(tx);
      ledger.clock.advance(KEEP_MS + 60_000);
      expect(ledger.api.ended(task.id)).to.equal(undefined);
      expect(await failureOf(ledger.api.require(task.id))).to.include({ code: 'tasks.removed' });
    });
  });

  it('take no more memory than they may', () => {
    const clock = freshClock();
    const ended = createEndedTasks({ clock, memoryBytes: 100_000, keepMs: KEEP_MS });
    const hot = hotTask(ended);
    const ids = Array.from({ length: 50 }, () => newUuid(clock.now()));
    for (const id of ids) {
      const task = endedTask(id);
      ended.add(task, { contentType: 'text/plain', body: 'x'.repeat(8_000) });
      expect(hot.find(id)?.body).to.equal(viewOf(task));
    }
    expect(ids.filter((id) => ended.get(id))).to.deep.equal(ids.slice(-9));
  });
});
