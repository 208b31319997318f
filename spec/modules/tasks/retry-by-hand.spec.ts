import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { Task, TaskFilter } from '../../../src/modules/tasks/index.js';
import { failureOf } from '../../support/failure-of.js';
import type { Ledger } from './ledger.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, failed, ScriptedRunner } from './scripted-runner.js';

const ACTOR = 'olga';
const by = (filter: TaskFilter, action: 'retry' | 'cancel' = 'retry') => ({
  action,
  filter,
  createdBy: ACTOR,
  trace: { requestId: 'bulk-1', traceparent: `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01` },
});

async function cancelledTask(ledger: Ledger, over: Parameters<typeof newTask>[0] = {}): Promise<Task> {
  const task = await ledger.api.submit(newTask(over));
  await ledger.api.cancel(task, 'a spec');
  return ledger.api.require(task.id);
}

describe('A retry by hand', () => {
  onEachDatabase((bench) => {
    it('is a new task with all that the old one was asked with, and the old one stays as it was', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const asked = newTask({
        ...{ payload: '{"n":1}', correlationId: '"c"', lane: 'l', priority: 'high', source: 'queue' },
        ...{ keys: ['phone:1', 'phone:2'], deadlineAt: ledger.clock.now() + 9_000 },
      });
      const old = await ledger.api.submit(asked);
      (await runner.next()).end(failed(false, 'phone unknown'));
      const ended = await ledger.reaches(old.id, 'error');
      ledger.clock.advance(60_000);
      const retry = await ledger.api.retry(ended, ACTOR);
      expect(retry).to.include({
        ...{ retryOf: old.id, createdBy: ACTOR, payload: '{"n":1}', correlationId: '"c"', lane: 'l' },
        ...{ priority: old.priority, source: 'queue', requestId: old.requestId },
        deadlineAt: ledger.clock.now() + 9_000,
      });
      (await runner.next()).end(DONE);
      await ledger.reaches(retry.id, 'completed');
      const foundBy = async (filter: TaskFilter): Promise<string[]> =>
        (await ledger.api.list(filter, 10)).items.map(({ id }) => id);
      expect(await foundBy({ keys: ['phone:2'] })).to.deep.equal([retry.id, old.id]);
      expect(await foundBy({ keys: ['word:unknown'] })).to.deep.equal([old.id]);
      expect(await foundBy({ retryOf: old.id })).to.deep.equal([retry.id]);
      expect(await ledger.api.require(old.id)).to.deep.equal(ended);
      const [last] = (await ledger.api.history(old.id)).slice(-1);
      expect(last).to.include({ actor: ACTOR, from: 'error', to: 'error', reason: `retried as ${retry.id}` });
    });

    it('is made once, however many ask for it at once, and then its own retry may be', async () => {
      const ledger = await bench.start();
      const old = await cancelledTask(ledger);
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => ledger.api.retry(old, ACTOR)));
      const [made, ...more] = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(more).to.deep.equal([]);
      for (const one of all) {
        if (one.status === 'rejected') expect(one.reason).to.include({ code: 'tasks.retried-before' });
      }
      await ledger.api.cancel(made!, 'a spec');
      const second = await ledger.api.retry(await ledger.api.require(made!.id), ACTOR);
      expect(second.retryOf).to.equal(made!.id);
    });

    it('is the same one for the same Idempotency-Key', async () => {
      const ledger = await bench.start();
      const old = await cancelledTask(ledger);
      const idempotency = { scope: 's', key: 'k', body: Buffer.alloc(0) };
      const first = await ledger.api.retry(old, ACTOR, { idempotency });
      expect((await ledger.api.retry(old, ACTOR, { idempotency })).id).to.equal(first.id);
    });

    it('is refused for what waits, runs or is completed', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const other = await ledger.api.submit(newTask({ type: 'another' }));
      (await runner.next()).end(DONE);
      for (const one of [await ledger.reaches(task.id, 'completed'), other]) {
        const failure = await failureOf(ledger.api.retry(one, ACTOR));
        expect(failure).to.include({ code: 'tasks.not-retriable', kind: 'conflict' });
      }
    });

    it('goes through the runner, which may change the payload or refuse', async () => {
      const gone = new AppError('the secret is not kept', { code: 'spec.gone', kind: 'conflict' });
      const retried = ({ payload }: Task): string => {
        if (payload === '{"refused":1}') throw gone;
        return '{"again":1}';
      };
      const runner = Object.assign(new ScriptedRunner({ concurrency: 1 }), { retried });
      const ledger = bench.make({ runners: [runner] });
      const [one, other] = [
        await cancelledTask(ledger),
        await cancelledTask(ledger, { payload: '{"refused":1}' }),
      ];
      expect((await ledger.api.retry(one, ACTOR)).payload).to.equal('{"again":1}');
      expect(await failureOf(ledger.api.retry(other, ACTOR))).to.equal(gone);
    });
  });
});

describe('Acts on many tasks', () => {
  onEachDatabase((bench) => {
    const many = 230;
    const endOf = (ledger: Ledger, id: string) =>
      ledger.pass('the bulk', 500, async () => {
        const bulk = await ledger.api.bulk(id);
        return bulk.endedAt === null ? undefined : bulk;
      });

    it('retry all that match, each once, and say how many that will be', async () => {
      const ledger = await bench.start();
      const tasks = await Promise.all(Array.from({ length: many }, () => cancelledTask(ledger)));
      await cancelledTask(ledger, { type: 'another' });
      await ledger.api.retry(tasks[0]!, ACTOR);
      expect(await ledger.api.previewBulk('retry', { type: 'job' })).to.equal(many - 1);
      const bulk = await ledger.api.startBulk(by({ type: 'job' }));
      expect(bulk.matched).to.equal(many - 1);
      expect(await endOf(ledger, bulk.id)).to.include({ done: many - 1, skipped: 0 });
      const { items } = await ledger.api.list({ states: ['pending'] }, 1_000);
      expect(new Set(items.map(({ retryOf }) => retryOf))).to.deep.equal(new Set(tasks.map(({ id }) => id)));
      expect(items[0]).to.include({ createdBy: ACTOR, requestId: 'bulk-1' });
      expect(await ledger.api.previewBulk('retry', { type: 'job' })).to.equal(0);
    });

    it('cancel what waits and what runs, with who did it, and leave what comes later alone', async () => {
      const runner = new ScriptedRunner({ type: 'another', concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      const running = await ledger.api.submit(newTask({ type: 'another' }));
      await runner.next();
      const tasks = await Promise.all(Array.from({ length: many }, () => ledger.api.submit(newTask())));
      const bulk = await ledger.api.startBulk(by({}, 'cancel'));
      const late = await ledger.api.submit(newTask());
      expect(await endOf(ledger, bulk.id)).to.include({ done: many + 1, skipped: 0, matched: many + 1 });
      for (const { id } of [running, ...tasks]) await ledger.reaches(id, 'cancelled');
      const history = await ledger.api.history(tasks[7]!.id);
      expect(history.at(-1)).to.include({ to: 'cancelled', actor: ACTOR });
      expect(await ledger.api.require(late.id)).to.include({ state: 'pending' });
    });

    it('go on in the next process where the last one stopped, and do nothing twice', async () => {
      const first = bench.make({ owner: 'first' });
      const tasks = await Promise.all(Array.from({ length: many }, () => cancelledTask(first)));
      await first.start();
      const bulk = await first.api.startBulk(by({}));
      await first.pass('the first step', 100, async () => (await first.api.bulk(bulk.id)).done > 0);
      await first.stop();
      const second = await bench.start({ owner: 'second' });
      expect(await endOf(second, bulk.id)).to.include({ done: many, skipped: 0 });
      const { items } = await second.api.list({ states: ['pending'] }, 1_000);
      expect(items.map(({ retryOf }) => retryOf).sort()).to.deep.equal(tasks.map(({ id }) => id).sort());
    });

    it('wait while no more work is taken, and let a cancel pass', async () => {
      const ledger = await bench.start({ config: { waitingLimit: 300 } });
      await Promise.all(Array.from({ length: 120 }, () => cancelledTask(ledger)));
      const full = (): Promise<boolean> =>
        ledger.api.submit(newTask({ type: 'full' })).then(
          () => true,
          () => false,
        );
      for (let made = 0; made < 260; made++) await ledger.pass('room for one more', 1_000, full);
      const retry = await ledger.api.startBulk(by({ type: 'job' }));
      const cancel = await ledger.api.startBulk(by({ type: 'full' }, 'cancel'));
      expect(await endOf(ledger, cancel.id)).to.include({ done: 260 });
      expect(await endOf(ledger, retry.id)).to.include({ done: 120 });
    });

    it('that match nothing are over at once', async () => {
      const ledger = await bench.start();
      const bulk = await ledger.api.startBulk(by({ type: 'nothing' }));
      expect(await ledger.api.bulk(bulk.id)).to.include({ matched: 0, endedAt: ledger.clock.now() });
    });
  });
});
