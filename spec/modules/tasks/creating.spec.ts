import { expect } from 'chai';
import { viewOf } from '../../../src/modules/tasks/index.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

describe('Creating tasks', () => {
  onEachDatabase((bench) => {
    it('stores a task with its history and its event in one transaction', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask({ correlationId: '13242421424214' }));
      expect(await ledger.api.get(task.id)).to.deep.equal(task);
      expect(task).to.include({ state: 'pending', attempt: 0, createdAt: ledger.clock.now() });
      expect(await ledger.api.history(task.id)).to.deep.equal([
        { at: task.createdAt, from: null, to: 'pending', reason: 'created', attempt: 0, actor: 'a spec' },
      ]);
      const [event] = await ledger.eventsOf(task.id, 1);
      expect(event).to.deep.equal({ type: 'task.created', data: JSON.parse(viewOf(task)) as object });
    });

    it('leaves nothing behind where the transaction of its caller is refused', async () => {
      const ledger = await bench.start();
      const tx = bench.db.begin();
      const task = ledger.api.create(tx, newTask({ keys: ['phone:1'] }));
      const schema = bench.db.schema<{ tasks: { id: string } }>();
      bench.db.add(tx, schema.deleteFrom('tasks').where('id', '=', 'none'), {
        rows: 1,
        otherwise: 'spec.no',
      });
      const refusal = await bench.db.commit(tx).catch((error: unknown) => String(error));
      expect(refusal).to.contain('spec.no');
      expect(await ledger.api.get(task.id)).to.equal(undefined);
      expect(await ledger.api.history(task.id)).to.deep.equal([]);
      expect((await ledger.api.list({ keys: ['phone:1'] }, 10)).items).to.deep.equal([]);
    });

    it('keeps what a task was created with, up to its result', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const payload = JSON.stringify({ text: 'é漢😀\\u0000 "quoted"' });
      const input = { payload, correlationId: '"\\u0000é"', keys: ['phone:1', 'phone:1'], lane: 'a lane' };
      const task = await ledger.api.submit(newTask(input));
      const attempt = await runner.next();
      expect(attempt.task).to.deep.include({
        ...task,
        state: 'in_work',
        attempt: 1,
        startedAt: task.createdAt,
      });
      attempt.end(DONE);
      const ended = await ledger.reaches(task.id, 'completed');
      expect(ended).to.include({ payload, correlationId: input.correlationId, endedAt: ledger.clock.now() });
      expect(await ledger.api.result(task.id)).to.deep.equal({
        contentType: 'application/json',
        body: '{"done":true}',
      });
    });

    it('shows the same object in events, whoever wrote them', async () => {
      const runner = new ScriptedRunner({ type: 'a "quoted" type' });
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask({ type: runner.type }));
      (await runner.next()).end(DONE);
      const ended = await ledger.reaches(task.id, 'completed');
      const events = await ledger.eventsOf(task.id, 3);
      expect(events.map(({ type }) => type)).to.deep.equal([
        'task.created',
        'task.started',
        'task.completed',
      ]);
      expect(events[1]?.data).to.deep.equal(JSON.parse(viewOf({ ...task, state: 'in_work' })));
      expect(events[2]?.data).to.deep.equal(JSON.parse(viewOf(ended)));
    });
  });
});
