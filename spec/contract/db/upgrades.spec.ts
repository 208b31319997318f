import { expect } from 'chai';
import { sql } from 'kysely';
import { allMigrations } from '../../../src/app/migrations.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLogDaysRepository } from '../../../src/modules/sensors/log/log-days.repository.js';
import type { LogDay } from '../../../src/modules/sensors/log/log-day.js';
import type { Database, Migration } from '../../../src/platform/db/database.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { type Row, RowMaker, fill, missingFrom, tablesOf } from './filled-tables.js';

const ROWS = 5;
/** Tables that there must be, so that an empty list of them is noticed. */
const TABLES = ['tasks', 'events', 'dead_letters', 'sensors', 'sensor_log_19700101', 'webhook_deliveries'];

/** What a migration makes of rows on purpose; all other values stay as they were written. */
const MEANT: Readonly<Record<string, { table: string; becomes: (row: Row) => Row }>> = {
  'broker-0005-dead-letter-acts': {
    table: 'dead_letters',
    becomes: ({ resolved_at: acted_at, resolved_by: acted_by, resolution, status, ...others }) => {
      const ended = resolution === 'replayed' ? 'replayed' : 'discarded';
      return { ...others, acted_at, acted_by, status: status === 'resolved' ? ended : status };
    },
  },
};

/** As the schema grew: the first of each module, then the second of each, and so on. */
function inOrderOfGrowth(migrations: readonly Migration[]): Migration[] {
  const number = ({ id }: Migration): number => Number(/-(\d{4})-/.exec(id)![1]);
  return [...migrations].sort((a, b) => number(a) - number(b) || (a.id < b.id ? -1 : 1));
}

/**
 * Goes through the versions of the schema, puts rows into every table of each, and returns those that are not there in the
 * newest one: rows of each version have gone through all the later ones.
 */
async function goThrough(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  const written = new Map<string, Row[]>();
  const maker = new RowMaker();
  for (const migration of inOrderOfGrowth(migrations)) {
    await db.migrate([migration]);
    const meant = MEANT[migration.id];
    if (meant) written.set(meant.table, (written.get(meant.table) ?? []).map(meant.becomes));
    if (migration.id === 'sensors-0002-status-log') {
      await createLogDaysRepository(db, systemClock).make(['19700101' as LogDay]);
    }
    const rows = new Map(
      [...(await tablesOf(db))].map(([table, columns]) => [table, maker.rows(columns, ROWS)]),
    );
    await fill(db, rows);
    for (const [table, some] of rows) written.set(table, [...(written.get(table) ?? []), ...some]);
  }
  expect([...written.keys()]).to.include.members(TABLES);
  const missing: string[] = [];
  for (const [table, rows] of written) missing.push(...(await missingFrom(db, table, rows)));
  return missing;
}

for (const kind of DATABASES) {
  describe(`the data of earlier versions, on ${kind.name}`, function () {
    this.timeout(60_000);
    let opened: OpenedDatabase;
    beforeEach(async () => (opened = await kind.open()));
    afterEach(() => opened.close());

    it('is all there after the later migrations, whichever version it is of', async () => {
      expect(await goThrough(opened.db, allMigrations)).to.deep.equal([]);
      expect(await opened.db.pendingMigrations(allMigrations)).to.deep.equal([]);
    });

    it('is missed where a migration loses a row, or changes a value', async () => {
      const careless: Migration[] = ['delete from sensors where id = (select min(id) from sensors)']
        .concat("update tasks set lane = 'x' where id = (select min(id) from tasks where lane is not null)")
        .map((text, n) => ({ id: `careless-900${n}-step`, up: (db) => [sql.raw(text).compile(db)] }));
      const missing = await goThrough(opened.db, [...allMigrations, ...careless]);
      expect(missing).to.have.length(2);
      expect(missing[0]! + missing[1]!)
        .to.match(/sensors has no/)
        .and.match(/tasks has no/);
    });
  });
}
