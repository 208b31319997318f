import { expect } from 'chai';
import { sql } from 'kysely';
import { AppError } from '../../../src/kernel/errors.js';
import { parseFilter } from '../../../src/modules/tasks/parse-filter.js';
import { createTaskSearch } from '../../../src/modules/tasks/search.queries.js';
import type { TaskFilter } from '../../../src/modules/tasks/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { fillLedger, FIRST_AT, idOf } from '../../../bench/search-ledger.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { newTask, onEachDatabase } from './ledger.js';
import { failed, ScriptedRunner } from './scripted-runner.js';

const TASKS = 20_000;

/** What a read may do to a table: anything but going through all of it. */
const WHOLE_TABLE = /Seq Scan on (tasks|task_keys)|SCAN (tasks|task_keys|t)\b/;

async function planOf(db: Database, statement: string, values: readonly unknown[]): Promise<string> {
  const prefix = db.dialect === 'sqlite' ? 'explain query plan ' : 'explain ';
  const query = { sql: prefix + statement, parameters: values };
  const { rows } = await db
    .schema<unknown>()
    .executeQuery<Record<string, string>>({ ...sql`explain`.compile(db.schema<unknown>()), ...query });
  return rows.map((row) => row['detail'] ?? row['QUERY PLAN']).join('\n');
}

const FILTERS: Readonly<Record<string, TaskFilter>> = {
  'all, from deep inside': { before: idOf(9_000) },
  'a status': { states: ['error'] },
  'a status that none has': { states: ['in_work'] },
  'priority and source that never meet': { priority: 'high', source: 'queue' },
  'type, status and time': { type: 'rates.fetch', states: ['completed'], toMs: FIRST_AT + 5e6 },
  'a phone': { keys: ['phone:17'] },
  'a phone of half of all tasks, with a type that never has it': {
    keys: ['phone:1000'],
    type: 'equipment.configure',
  },
  'words of the error, and a phone': { keys: ['word:timeout', 'word:d17', 'phone:17'] },
  'a correlation id': { correlationKey: 'job-77' },
  'a retry': { retryOf: idOf(5) },
};

describe('The search over many tasks', function () {
  this.timeout(60_000);
  for (const kind of DATABASES) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      const plans: Promise<string>[] = [];
      let watched: Database;

      before(async () => {
        opened = await kind.open();
        const { db } = opened;
        await fillLedger(db, TASKS, () => undefined);
        if (kind.name === 'PostgreSQL') {
          const tx = db.begin();
          db.add(tx, sql`analyze`.compile(db.schema<unknown>()));
          await db.commit(tx);
        }
        watched = watching(db, (statement, values) => plans.push(planOf(db, statement, values)));
      });
      after(() => opened.close());

      for (const [what, filter] of Object.entries(FILTERS)) {
        it(`for ${what} goes by an index, never through a whole table`, async () => {
          plans.length = 0;
          await createTaskSearch(watched).page(filter, 20);
          const all = (await Promise.all(plans)).join('\n');
          expect(plans).to.not.be.empty;
          expect(all).to.not.match(WHOLE_TABLE);
        });
      }

      it('ends a page early rather than look on for long, and goes on from there', async () => {
        const search = createTaskSearch(opened.db);
        const filter: TaskFilter = { keys: ['phone:1000'], type: 'equipment.configure' };
        const first = await search.page(filter, 10);
        expect(first.items).to.deep.equal([]);
        let pages = 1;
        for (let { next } = first; next !== null; pages++) {
          const page = await search.page({ ...filter, before: next }, 10);
          expect(page.items).to.deep.equal([]);
          next = page.next;
        }
        expect(pages).to.be.within(2, 10);
      });

      it('counts as pages do', async () => {
        const search = createTaskSearch(opened.db);
        for (const filter of Object.values(FILTERS)) {
          let found = 0;
          for (let page = await search.page(filter, 1_000); ;) {
            found += page.items.length;
            if (page.next === null) break;
            page = await search.page({ ...filter, before: page.next }, 1_000);
          }
          expect(await search.count(filter, 1e6), JSON.stringify(filter)).to.equal(found);
        }
        const nothing: TaskFilter = { states: [], keys: ['word:x'] };
        expect(await search.count(nothing, 10), 'in states that no task has').to.equal(0);
        expect(await search.count({}, 1e6)).to.equal(TASKS);
        expect(await search.count({}, 100)).to.equal(100);
      });
    });
  }
});

/** The same database, with a look at each read. */
function watching(db: Database, onRead: (statement: string, values: readonly unknown[]) => void): Database {
  const schema = db.schema<unknown>().withPlugin({
    transformQuery: ({ node, queryId }) => {
      seen.set(queryId, node);
      return node;
    },
    transformResult: ({ result, queryId }) => {
      const compiled = db.schema<unknown>().getExecutor().compileQuery(seen.get(queryId)!, queryId);
      onRead(compiled.sql, compiled.parameters);
      return Promise.resolve(result);
    },
  });
  const seen = new WeakMap<object, Parameters<ReturnType<typeof schema.getExecutor>['compileQuery']>[0]>();
  return Object.create(db, { schema: { value: () => schema } }) as Database;
}

describe('The words of an error', () => {
  onEachDatabase((bench) => {
    it('find the tasks that ended with it, whatever their case and order', async () => {
      const runner = new ScriptedRunner({ concurrency: 2 });
      const ledger = await bench.start({ runners: [runner] });
      const [first, second] = [await ledger.api.submit(newTask()), await ledger.api.submit(newTask())];
      (await runner.next()).end(failed(false, 'Gerät 17: Zeitüberschreitung nach 30s (10.0.0.1)'));
      (await runner.next()).end(failed(false, 'device 17: refused'));
      await ledger.reaches(second.id, 'error');
      await ledger.reaches(first.id, 'error');
      const found = async (error: string): Promise<string[]> => {
        const { items } = await ledger.api.list(parseFilter({ error }, '/query'), 10);
        return items.map(({ id }) => id);
      };
      expect(await found('zeitüberschreitung GERÄT')).to.deep.equal([first.id]);
      expect(await found('17')).to.deep.equal([second.id, first.id]);
      expect(await found('spec.failed refused')).to.deep.equal([second.id]);
      expect(await found('refused 30s')).to.deep.equal([]);
      expect(await found('refuse')).to.deep.equal([]);
    });

    it('that are none, or too many, are refused', () => {
      for (const error of ['…!', Array.from({ length: 9 }, (_, i) => `w${i}`).join(' ')]) {
        expect(() => parseFilter({ error }, '/query'))
          .to.throw(AppError)
          .with.property('kind', 'invalid');
      }
    });

    it('of tasks that failed before errors could be searched are put there step by step', async () => {
      const ledger = bench.make();
      const { db } = bench;
      await fillLedger(db, 2_000, () => undefined);
      const schema = db.schema<{ task_keys: { key: string }; task_bulks: object }>();
      const tx = db.begin();
      db.add(tx, schema.deleteFrom('task_keys').where('key', 'like', 'word:%'));
      const values = {
        ...{ id: idOf(-1), action: 'index-errors', filter: '{"states":["error"]}', created_at: 0 },
        ...{ created_by: 'migration', request_id: '', traceparent: '', matched: 100 },
        position: 'ffffffff-ffff-7fff-bfff-ffffffffffff',
      };
      db.add(tx, schema.insertInto('task_bulks').values(values));
      await db.commit(tx);
      await ledger.start();
      await ledger.pass('all errors', 1_000, async () => {
        return (await ledger.api.list({ keys: ['word:timeout'] }, 1_000)).items.length === 100;
      });
    });
  });
});
