import { expect } from 'chai';
import type { Tx } from '../../../src/kernel/tx.js';
import { TxConflict } from '../../../src/kernel/tx.js';
import type { FinishedElsewhere, Outcome, Task } from '../../../src/modules/tasks/index.js';
import type { Ledger } from './ledger.js';
import { CONFIG, newTask, onEachDatabase } from './ledger.js';
import { ScriptedRunner, failed } from './scripted-runner.js';

const CAME_BACK: FinishedElsewhere = {
  kind: 'completed',
  result: { contentType: 'application/json', body: '{"came":"back"}' },
};

function elsewhere(handOver: (tx: Tx) => void = () => undefined): Outcome {
  return { kind: 'elsewhere', reason: 'handed to a spec', handOver };
}

/** A task of one lane, handed over. */
async function handedOver(ledger: Ledger, runner: ScriptedRunner, over = {}): Promise<Task> {
  const { id } = await ledger.api.submit(newTask({ lane: 'device', ...over }));
  (await runner.next()).end(elsewhere());
  return ledger.pass('the hand-over', 100, async () => {
    const task = await ledger.api.get(id);
    return task?.isElsewhere ? task : undefined;
  }) as Promise<Task>;
}

async function finish(ledger: Ledger, task: Task, outcome = CAME_BACK): Promise<void> {
  const tx = ledger.db.begin();
  ledger.api.finish(tx, task, outcome, 'a spec');
  await ledger.db.commit(tx);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('Tasks in work elsewhere', () => {
  onEachDatabase((bench) => {
    it('take no slot and no lease, however long, and no restart begins them again', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner);
      expect(ledger.api.load().running).to.equal(0);
      const next = await ledger.api.submit(newTask());
      expect((await runner.next()).task.id).to.equal(next.id);
      const end = ledger.clock.monotonic() + 3 * CONFIG.leaseMs;
      await ledger.pass('three leases to pass', 1_000, () => ledger.clock.monotonic() > end);
      const after = await bench.start({ runners: [new ScriptedRunner()], owner: 'after' });
      expect(await after.api.require(task.id)).to.include({ state: 'in_work', attempt: 1, lapses: 0 });
      expect(await ledger.story(task.id)).to.deep.equal([
        '>pending: created',
        'pending>in_work: started',
        'in_work>in_work: handed to a spec',
      ]);
    });

    it('keep their lane until they are finished, and then the next of it starts', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner);
      const second = await ledger.api.submit(newTask({ lane: 'device' }));
      const other = await ledger.api.submit(newTask({ lane: 'another' }));
      expect((await runner.next()).task.id).to.equal(other.id);
      expect(await ledger.api.require(second.id)).to.include({ state: 'pending' });
      await finish(ledger, task);
      expect((await runner.next()).task.id).to.equal(second.id);
      expect(await ledger.api.require(task.id)).to.include({ state: 'completed', isElsewhere: false });
      expect(await ledger.api.result(task.id)).to.deep.equal({
        contentType: 'application/json',
        body: '{"came":"back"}',
      });
    });

    it('end once: of two answers, and of an answer and a cancel, one counts', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner);
      const failure = { kind: 'failed' as const, code: 'spec.refused', message: 'Refused' };
      const both = await Promise.all([
        failureOf(finish(ledger, task)),
        failureOf(finish(ledger, task, failure)),
      ]);
      expect(both.filter((error) => error instanceof TxConflict)).to.have.lengthOf(1);
      const { state } = await ledger.api.require(task.id);
      expect(await failureOf(ledger.api.cancel(task, 'a spec'))).to.have.property(
        'code',
        'tasks.already-ended',
      );
      expect(await ledger.api.require(task.id)).to.include({ state });
      const types = (await ledger.eventsOf(task.id, 3)).map(({ type }) => type);
      expect(types).to.have.lengthOf(3);
      expect(types.slice(0, 2)).to.deep.equal(['task.created', 'task.started']);
    });

    it('are told to those who wait for their end, in the process that finishes them', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner);
      const waited = ledger.api.awaitEnd(task.id, 60_000);
      await finish(ledger, task, { kind: 'failed', code: 'spec.refused', message: 'Refused' });
      expect(await waited).to.include({ state: 'error', errorCode: 'spec.refused', errorMessage: 'Refused' });
    });

    it('are cancelled at once, and what comes back later is refused', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner);
      expect(await ledger.api.cancel(task, 'a spec')).to.equal('cancelled');
      expect(await failureOf(finish(ledger, task))).to.be.instanceOf(TxConflict);
      expect(await ledger.api.require(task.id)).to.include({ state: 'cancelled' });
    });

    it('are not handed over where a cancel came first', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const { id } = await ledger.api.submit(newTask({ lane: 'device' }));
      const attempt = await runner.next();
      // As another replica does it: this process has not heard of it.
      await bench.make({ owner: 'other' }).api.cancel(await ledger.api.require(id), 'a spec');
      let written = 0;
      attempt.end(
        elsewhere((tx) => void ledger.db.beforeCommit(tx, () => (done) => void (done && written++))),
      );
      await ledger.reaches(id, 'cancelled');
      expect(written).to.equal(0);
    });

    it('end at their deadline', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner, { deadlineAt: ledger.clock.now() + 60_000 });
      await ledger.pass(
        'the deadline',
        5_000,
        async () => (await ledger.api.require(task.id)).endedAt !== null,
      );
      const ended = await ledger.api.require(task.id);
      expect(ended).to.include({ state: 'error', errorCode: 'tasks.deadline-passed' });
      expect(ended.endedAt! - task.deadlineAt).to.be.within(0, 10_000);
    });

    it('are left alone by a stop, also when the hand-over comes while stopping', async () => {
      const runner = new ScriptedRunner({ heeds: false });
      const ledger = await bench.start({ runners: [runner] });
      const { id } = await ledger.api.submit(newTask({ lane: 'device' }));
      const attempt = await runner.next();
      const stopping = ledger.module.stop(60_000);
      attempt.end(elsewhere());
      await stopping;
      expect(await ledger.api.require(id)).to.include({ state: 'in_work', isElsewhere: true });
    });

    it('cannot be finished while they wait, or run here', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      await runner.next();
      for (const known of [task, await ledger.api.require(task.id)]) {
        expect(() => ledger.api.finish(ledger.db.begin(), known, CAME_BACK, 'a spec'))
          .to.throw()
          .with.property('code', 'tasks.not-elsewhere');
      }
    });

    it('keep of their payload what their type keeps, once they have ended', async () => {
      const runner = Object.assign(new ScriptedRunner(), {
        keptPayload: (task: Task) => task.payload.replace('sealed', 'removed'),
      });
      const ledger = await bench.start({ runners: [runner] });
      const task = await handedOver(ledger, runner, { payload: '{"secret":"sealed"}' });
      expect(task.payload).to.equal('{"secret":"sealed"}');
      await finish(ledger, task);
      expect((await ledger.api.get(task.id))?.payload).to.equal('{"secret":"removed"}');
      const waiting = await ledger.api.submit(
        newTask({ notBefore: ledger.clock.now() + 1e6, payload: '"sealed"' }),
      );
      await ledger.api.cancel(waiting, 'a spec');
      expect((await ledger.api.get(waiting.id))?.payload).to.equal('"removed"');
      const failing = await ledger.api.submit(newTask({ payload: '"sealed"' }));
      (await runner.next()).end(failed(false));
      await ledger.reaches(failing.id, 'error');
      expect((await ledger.api.get(failing.id))?.payload).to.equal('"removed"');
    });
  });
});
