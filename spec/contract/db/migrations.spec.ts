import { expect } from 'chai';
import { sql } from 'kysely';
import type { Migration } from '../../../src/platform/db/database.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { failureOf } from '../../support/failure-of.js';
import { accountIds, addAccount, ledgerMigrations } from './ledger-schema.js';

const ids = ledgerMigrations.map(({ id }) => id);

for (const kind of DATABASES) {
  describe(`migrations on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    beforeEach(async function () {
      this.timeout(60_000);
      opened = await kind.open();
    });
    afterEach(() => opened.close());

    it('applies what is missing, once, in the order of ids', async () => {
      const { db } = opened;
      expect(await db.pendingMigrations(ledgerMigrations)).to.deep.equal(ids);
      expect(await db.migrate([...ledgerMigrations].reverse())).to.deep.equal(ids);
      expect(await db.pendingMigrations(ledgerMigrations)).to.deep.equal([]);
      expect(await db.migrate(ledgerMigrations)).to.deep.equal([]);
      await addAccount(db, 1);
      expect(await accountIds(db)).to.deep.equal([1]);
    });

    it('leaves nothing of a migration that fails', async () => {
      const { db } = opened;
      const broken: Migration = {
        id: 'ledger-0003-broken',
        up: (kysely) => [
          kysely.schema.createTable('half').addColumn('id', 'integer'),
          sql`create index half_done on nowhere (id)`.compile(kysely),
        ],
      };
      await db.migrate(ledgerMigrations);
      expect(await failureOf(db.migrate([...ledgerMigrations, broken]))).to.include({ code: 'db.failed' });
      expect(await db.pendingMigrations([...ledgerMigrations, broken])).to.deep.equal([broken.id]);
      expect(await failureOf(sql`select * from half`.execute(db.schema()))).to.include({ code: 'db.failed' });
    });

    it('shows a new column to a statement that was prepared before', async () => {
      const { db } = opened;
      const widen: Migration = {
        id: 'ledger-0003-widen',
        up: (kysely) => [kysely.schema.alterTable('accounts').addColumn('note', 'text')],
      };
      await db.migrate(ledgerMigrations);
      await addAccount(db, 1);
      const all = (): Promise<unknown> =>
        sql`select * from accounts`.execute(db.schema()).then(({ rows }) => rows);
      const account = { id: 1, name: 'account 1', amount: 0, photo: null };
      expect(await all()).to.deep.equal([account]);
      await db.migrate([widen]);
      expect(await all()).to.deep.equal([{ ...account, note: null }]);
    });

    it('are applied once when two start at once', async function () {
      const { db, another } = opened;
      const other = another ? await another() : db;
      const applied = await Promise.all([db.migrate(ledgerMigrations), other.migrate(ledgerMigrations)]);
      expect(applied.flat().sort()).to.deep.equal(ids);
    });

    it('refuse two of one id', async () => {
      const twice = [ledgerMigrations[0]!, ledgerMigrations[0]!];
      expect(await failureOf(opened.db.migrate(twice))).to.include({ code: 'db.misuse' });
    });
  });
}
