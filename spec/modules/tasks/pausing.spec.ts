import { expect } from 'chai';
import { sql } from 'kysely';
import type { TasksSchema } from '../../../src/modules/tasks/tasks.schema.js';
import { byIndex, earliestEnd } from '../../../src/modules/tasks/tasks.schema.js';
import type { Database } from '../../../src/platform/db/database.js';
import { failureOf } from '../../support/failure-of.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

describe('A paused task type', () => {
  onEachDatabase((bench) => {
    it('is not started, after a restart neither, until it is resumed; other types are', async () => {
      const runners = [new ScriptedRunner(), new ScriptedRunner({ type: 'another' })];
      const before = await bench.start({ runners });
      await before.api.pause('job', 'olga', 'the other side is away');
      await before.api.submit(newTask());
      await before.stop();
      const [job, another] = [new ScriptedRunner(), new ScriptedRunner({ type: 'another' })];
      const ledger = await bench.start({ runners: [job, another], clock: before.clock });
      await ledger.api.submit(newTask({ type: 'another' }));
      await another.next();
      let looks = 0;
      await ledger.pass('some looks', 500, () => ++looks > 10);
      expect(job.started).to.deep.equal([]);
      const types = await ledger.api.types();
      expect(types.map(({ type, waiting, running }) => [type, waiting, running])).to.deep.equal([
        ['another', 0, 1],
        ['job', 1, 0],
      ]);
      expect(types[1]!.pause).to.include({ pausedBy: 'olga', reason: 'the other side is away' });
      expect((await ledger.api.resume('job', 'ivan')).pause).to.equal(null);
      (await job.next()).end(DONE);
    });

    it('lets what runs go on', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const task = await ledger.api.submit(newTask());
      const attempt = await runner.next();
      await ledger.api.pause('job', 'olga', null);
      attempt.end(DONE);
      await ledger.reaches(task.id, 'completed');
    });

    it('says so in the events, with who did it', async () => {
      const ledger = await bench.start({ runners: [new ScriptedRunner()] });
      await ledger.api.pause('job', 'olga', 'why');
      await ledger.api.pause('job', 'ivan', null);
      await ledger.api.resume('job', 'ivan');
      const events = await ledger.pass('3 events', 500, async () => {
        const all = await ledger.events.read(0, 10);
        return all.length === 3 ? all : undefined;
      });
      const told = events!.map(({ type, data }) => [type, JSON.parse(data)] as const);
      expect(told[0]).to.deep.include.members(['task-type.paused']);
      expect(told[0]![1]).to.include({ type: 'job', by: 'olga', reason: 'why' });
      expect(told[2]![0]).to.equal('task-type.resumed');
    });

    it('is one that is done here', async () => {
      const ledger = await bench.start();
      const failure = await failureOf(ledger.api.pause('job', 'olga', null));
      expect(failure).to.include({ code: 'tasks.type-not-found', kind: 'not-found' });
    });
  });
});

async function planOf(db: Database, statement: ReturnType<typeof sql>): Promise<string> {
  const compiled = statement.compile(db.schema<unknown>());
  const prefix = db.dialect === 'sqlite' ? 'explain query plan' : 'explain';
  const rows = await db
    .schema<unknown>()
    .executeQuery<Record<string, string>>({ ...compiled, sql: `${prefix} ${compiled.sql}` });
  return rows.rows.map((row) => row['detail'] ?? row['QUERY PLAN']).join('\n');
}

describe('Ten thousand tasks at the head of the queue', function () {
  this.timeout(60_000);
  onEachDatabase((bench) => {
    /** Rows straight into the table: what is waited for is the claim. */
    async function flood(over: { priority: number; notBefore: number }): Promise<void> {
      const { db } = bench;
      const row = await db.schema<TasksSchema>().selectFrom('tasks').selectAll().executeTakeFirstOrThrow();
      for (let from = 0; from < 10_000; from += 500) {
        const rows = Array.from({ length: 500 }, (_, i) => ({
          ...row,
          id: `00000000-0000-7000-8000-${String(from + i).padStart(12, '0')}` as typeof row.id,
          priority: over.priority,
          not_before: over.notBefore,
          delayed: over.notBefore > row.created_at ? 1 : 0,
          owner: null,
          claim: null,
          lease_until: null,
          state: 'pending' as const,
        }));
        const tx = db.begin();
        for (const one of rows) db.add(tx, db.schema<TasksSchema>().insertInto('tasks').values(one));
        await db.commit(tx);
      }
    }

    it('that are low do not hold a high one back, with every slot taken', async () => {
      const runner = new ScriptedRunner({ concurrency: 4 });
      const ledger = await bench.start({ runners: [runner] });
      const first = await ledger.api.submit(newTask({ priority: 'low' }));
      const held = await runner.next();
      await flood({ priority: 2, notBefore: ledger.clock.now() });
      await ledger.pass('the slots to be taken', 500, () => runner.started.length === 4);
      const high = await ledger.api.submit(newTask({ priority: 'high' }));
      held.end(DONE);
      await ledger.reaches(first.id, 'completed');
      await ledger.reaches(high.id, 'in_work');
      expect(runner.started[4]!.task.id).to.equal(high.id);
    });

    it('that are high let a low one have its turn', async () => {
      const runner = new ScriptedRunner({ concurrency: 1 });
      const ledger = await bench.start({ runners: [runner] });
      await ledger.api.submit(newTask({ priority: 'high' }));
      const first = await runner.next();
      await flood({ priority: 8, notBefore: ledger.clock.now() });
      const low = await ledger.api.submit(newTask({ priority: 'low' }));
      first.end(DONE);
      for (let turns = 1; ; turns++) {
        const attempt = await runner.next();
        if (attempt.task.id === low.id) break;
        expect(turns).to.be.below(40);
        attempt.end(DONE);
      }
    });

    it('that are delayed are not looked at by a claim', async () => {
      const runner = new ScriptedRunner({ concurrency: 4 });
      const ledger = await bench.start({ runners: [runner] });
      const one = await ledger.api.submit(newTask());
      const held = await runner.next();
      await flood({ priority: 8, notBefore: ledger.clock.now() + 60_000 });
      const next = await ledger.api.submit(newTask());
      expect((await runner.next()).task.id).to.equal(next.id);
      held.end(DONE);
      await ledger.reaches(one.id, 'completed');
      const { db } = bench;
      const [fast, slow] = [byIndex(db.dialect, 'tasks_delayed'), byIndex(db.dialect, 'tasks_overdue')];
      const plans = {
        tasks_runnable: sql`select id from tasks where state = 'pending' and delayed = 0 and type = 'job'
          order by priority desc, id limit 4`,
        tasks_delayed: sql`select id from tasks ${fast}
          where state = 'pending' and delayed = 1 and not_before <= 5 limit 1`,
        tasks_overdue: sql`select id from tasks ${slow}
          where state = 'pending' and ${earliestEnd(db.dialect)} <= 5`,
      };
      for (const [index, statement] of Object.entries(plans)) {
        expect(await planOf(db, statement)).to.contain(index);
      }
    });
  });
});
