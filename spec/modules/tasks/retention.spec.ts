import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { TasksSchema } from '../../../src/modules/tasks/tasks.schema.js';
import type { Database } from '../../../src/platform/db/database.js';
import { waitFor } from '../../support/wait-for.js';
import { newTask, onEachDatabase } from './ledger.js';

const KEEP_MS = 3_600_000;
const config = { keepMs: KEEP_MS, idempotencyTtlMs: KEEP_MS / 2 };

async function rowsOf(db: Database, table: keyof TasksSchema): Promise<number> {
  const schema = db.schema<TasksSchema>();
  const rows = await schema
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return rows.count;
}

describe('Retention', () => {
  onEachDatabase((bench) => {
    it('removes ended tasks with all that belongs to them, in batches, and nothing else', async () => {
      const ledger = await bench.start({ config });
      const old = await Promise.all(
        Array.from({ length: 450 }, () => ledger.api.submit(newTask({ keys: ['phone:1'] }))),
      );
      const notBefore = ledger.clock.now() + 1e9;
      const waiting = await ledger.api.submit(newTask({ notBefore, deadlineAt: notBefore }));
      await Promise.all(old.map((task) => ledger.api.cancel(task, 'a spec')));
      ledger.clock.advance(KEEP_MS / 2);
      const young = await ledger.api.submit(newTask());
      await ledger.api.cancel(young, 'a spec');
      ledger.clock.advance(KEEP_MS / 2 + 5_000);
      await ledger.pass('the removal', 10_000, async () => (await rowsOf(bench.db, 'tasks')) === 2);
      const kept = await ledger.api.list({}, 10);
      expect(kept.items.map(({ id }) => id)).to.have.members([young.id, waiting.id]);
      expect(await rowsOf(bench.db, 'task_keys')).to.equal(0);
      expect(await rowsOf(bench.db, 'task_history')).to.equal(3);
      const said: unknown = await ledger.api.require(old[0]!.id).catch((error: unknown) => error);
      expect(said).to.be.instanceOf(AppError);
      expect(said).to.include({ code: 'tasks.removed', kind: 'gone' });
    });

    it('removes old events, oldest first, and keeps the numbers of the others', async () => {
      const ledger = await bench.start({ config });
      await Promise.all(Array.from({ length: 250 }, () => ledger.api.submit(newTask())));
      await ledger.pass('their numbers', 100, async () => (await ledger.events.read(0, 300)).length === 250);
      const last = await ledger.events.last();
      ledger.clock.advance(KEEP_MS - 60_000);
      const young = await ledger.api.submit(newTask({ notBefore: ledger.clock.now() + 1e9 }));
      await ledger.pass('the removal', 10_000, async () => {
        const [first] = await ledger.events.read(0, 1);
        return first?.subject === `tasks/${young.id}` && first.position === last + 1;
      });
    });

    it('forgets idempotency keys', async () => {
      const ledger = await bench.start({ config });
      for (const key of ['a', 'b']) {
        await ledger.api.submit(newTask(), { scope: 's', key, body: Buffer.from('') });
      }
      await ledger.pass(
        'the removal',
        60_000,
        async () => (await rowsOf(bench.db, 'idempotency_keys')) === 0,
      );
    });

    it('trims the oldest events alone, however many there are', async () => {
      const ledger = await bench.start();
      for (let n = 0; n < 6; n++) {
        await ledger.api.submit(newTask());
        ledger.clock.advance(1_000);
      }
      await ledger.pass('their numbers', 100, async () => (await ledger.events.read(0, 10)).length === 6);
      const [, , , fourth] = await ledger.events.read(0, 10);
      expect(await ledger.events.trim(fourth!.time, 2)).to.equal(2);
      expect(await ledger.events.trim(fourth!.time, 2)).to.equal(1);
      expect(await ledger.events.trim(fourth!.time, 2)).to.equal(0);
      expect((await ledger.events.read(0, 10))[0]).to.deep.equal(fourth);
    });
  });

  onEachDatabase((bench) => {
    it('gives way when it is told to stop', async () => {
      const ledger = await bench.start({ config });
      const count = 800;
      const timers = ledger.clock.pendingTimers;
      const tasks = await Promise.all(Array.from({ length: count }, () => ledger.api.submit(newTask())));
      await Promise.all(tasks.map((task) => ledger.api.cancel(task, 'a spec')));
      ledger.clock.advance(KEEP_MS);
      await waitFor('all to be planned again', () => ledger.clock.pendingTimers === timers);
      // The removal begins in this turn, and is told to stop before its first batch is done.
      ledger.clock.advance(60_000);
      await ledger.module.stop(0);
      const left = await rowsOf(bench.db, 'tasks');
      expect(left).to.be.within(1, count - 1);
    });
  }, 'SQLite');
});
