import { expect } from 'chai';
import { sql } from 'kysely';
import { AppError } from '../../../src/kernel/errors.js';
import { TxConflict } from '../../../src/kernel/tx.js';
import type { Database } from '../../../src/platform/db/database.js';
import { failureOf } from '../../support/failure-of.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { accountIds, addAccount, type Ledger, ledgerMigrations } from './ledger-schema.js';

for (const kind of DATABASES) {
  describe(`transactions on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    let db: Database;
    before(async function () {
      this.timeout(60_000);
      opened = await kind.open();
      db = opened.db;
      await db.migrate(ledgerMigrations);
    });
    after(() => opened.close());
    beforeEach(async () => {
      const tx = db.begin();
      db.add(tx, db.schema<Ledger>().deleteFrom('accounts'));
      await db.commit(tx);
    });

    it('does all statements in order and gives rows and changes by reference', async () => {
      const ledger = db.schema<Ledger>();
      const tx = db.begin();
      const inserted = db.add(
        tx,
        ledger
          .insertInto('accounts')
          .values({ id: 1, name: 'one', amount: 5, photo: null })
          .returning(['id', 'name']),
      );
      const updated = db.add(tx, ledger.updateTable('accounts').set({ amount: 6 }).where('id', '=', 1));
      const nothing = db.add(tx, ledger.deleteFrom('accounts').where('id', '=', 99));
      const selected = db.add(tx, ledger.selectFrom('accounts').select('amount'));
      expect(db.size(tx)).to.equal(4);
      const done = await db.commit(tx);
      expect(done.rows(inserted)).to.deep.equal([{ id: 1, name: 'one' }]);
      expect(done.changes(inserted)).to.equal(1);
      expect(done.changes(updated)).to.equal(1);
      expect(done.changes(nothing)).to.equal(0);
      expect(done.rows(selected)).to.deep.equal([{ amount: 6 }]);
      expect(done.changes(selected)).to.equal(0);
    });

    it('asks for last statements at the commit, and tells who was asked how it ended', async () => {
      const told: string[] = [];
      const withLast = (id: number, name: string) => {
        const tx = db.begin();
        db.beforeCommit(tx, () => {
          const row = { id, name, amount: 1, photo: null };
          const ref = db.add(tx, db.schema<Ledger>().insertInto('accounts').values(row).returning('name'));
          return (committed) => void told.push(committed?.rows(ref)[0]?.name ?? 'not committed');
        });
        return tx;
      };
      withLast(1, 'never committed');
      await db.commit(withLast(2, 'committed'));
      expect(told).to.deep.equal(['committed']);
      await failureOf(db.commit(withLast(2, 'the same id')));
      expect(told).to.deep.equal(['committed', 'not committed']);
      expect(await accountIds(db)).to.deep.equal([2]);
    });

    it('takes a text with NUL in it, and finds it by itself', async () => {
      const accounts = db.schema<Ledger>();
      const name = 'a\0b';
      const tx = db.begin();
      db.add(tx, accounts.insertInto('accounts').values({ id: 1, name, amount: 0, photo: null }));
      await db.commit(tx);
      const found = await accounts.selectFrom('accounts').select('id').where('name', '=', name).execute();
      expect(found).to.deep.equal([{ id: 1 }]);
    });

    it('does nothing at all when a statement fails', async () => {
      await addAccount(db, 1);
      const tx = db.begin();
      db.add(
        tx,
        db.schema<Ledger>().insertInto('accounts').values({ id: 2, name: 'two', amount: 0, photo: null }),
      );
      db.add(
        tx,
        db.schema<Ledger>().insertInto('accounts').values({ id: 1, name: 'again', amount: 0, photo: null }),
      );
      const error = await failureOf(db.commit(tx));
      expect(error).to.be.instanceOf(AppError).and.to.include({ code: 'db.constraint', kind: 'conflict' });
      expect(await accountIds(db)).to.deep.equal([1]);
    });

    it('does nothing at all when an expectation does not hold, and says which', async () => {
      const ledger = db.schema<Ledger>();
      await addAccount(db, 1);
      const tx = db.begin();
      db.add(tx, ledger.insertInto('accounts').values({ id: 2, name: 'two', amount: 0, photo: null }));
      db.add(tx, ledger.updateTable('accounts').set({ amount: 1 }).where('id', '=', 7), {
        rows: 1,
        otherwise: 'accounts.missing',
      });
      db.add(tx, ledger.insertInto('accounts').values({ id: 1, name: 'fails too', amount: 0, photo: null }));
      const error = await failureOf(db.commit(tx));
      expect(error).to.be.instanceOf(TxConflict).and.to.have.property('reason', 'accounts.missing');
      expect(await accountIds(db)).to.deep.equal([1]);
    });

    it('counts returned rows where a statement returns some', async () => {
      const ledger = db.schema<Ledger>();
      await addAccount(db, 1);
      const tx = db.begin();
      db.add(tx, ledger.selectFrom('accounts').select('id').where('id', '=', 1), {
        rows: 1,
        otherwise: 'no.row',
      });
      db.add(tx, ledger.updateTable('accounts').set({ amount: 2 }).returning('id'), {
        rows: 1,
        otherwise: 'no.rows',
      });
      await db.commit(tx);
      const other = db.begin();
      db.add(other, ledger.selectFrom('accounts').select('id').where('id', '=', 5), {
        rows: 1,
        otherwise: 'no.row',
      });
      expect(await failureOf(db.commit(other))).to.be.instanceOf(TxConflict);
    });

    it('lets one of a hundred fail alone', async () => {
      await addAccount(db, 50);
      const all = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => addAccount(db, i, `n${i}`)));
      expect(all.filter((one) => one.status === 'rejected')).to.have.length(1);
      expect(all[50]).to.have.property('status', 'rejected');
      expect(await accountIds(db)).to.deep.equal(Array.from({ length: 100 }, (_, i) => i));
    });

    it('keeps values as they are', async () => {
      const photo = Buffer.from([0, 255, 1, 128]);
      const text = 'naïve “quotes” 🚦 line\nnext \\ \' "';
      const values = { id: Number.MAX_SAFE_INTEGER, name: text, amount: -1_700_000_000_000, photo };
      const tx = db.begin();
      const back = db.add(tx, db.schema<Ledger>().insertInto('accounts').values(values).returningAll());
      const done = await db.commit(tx);
      const [read] = await db.schema<Ledger>().selectFrom('accounts').selectAll().execute();
      for (const row of [done.rows(back)[0]!, read!]) {
        expect(row).to.deep.equal(values);
        expect(Buffer.isBuffer(row.photo)).to.equal(true);
      }
      await addAccount(db, 2);
      const other = await db
        .schema<Ledger>()
        .selectFrom('accounts')
        .select('photo')
        .where('id', '=', 2)
        .execute();
      expect(other).to.deep.equal([{ photo: null }]);
    });

    it('counts in numbers', async () => {
      await addAccount(db, 1, 'a', 2_000_000_000_000);
      await addAccount(db, 2, 'b', 3_000_000_000_000);
      const row = await db
        .schema<Ledger>()
        .selectFrom('accounts')
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.max('amount').as('max')])
        .executeTakeFirst();
      expect(row).to.deep.equal({ count: 2, max: 3_000_000_000_000 });
    });

    it('refuses a value that is not text, a number, bytes or null', () => {
      const tx = db.begin();
      expect(() => db.add(tx, sql`select ${true}`.compile(db.schema()))).to.throw(AppError, 'boolean');
      expect(() => db.add(tx, sql`select ${Number.NaN}`.compile(db.schema()))).to.throw(AppError, 'NaN');
    });

    it('does an empty transaction, and no transaction twice', async () => {
      const tx = db.begin();
      await db.commit(tx);
      expect(await failureOf(db.commit(tx))).to.include({ code: 'db.misuse' });
    });

    it('executes reads and refuses writes', async () => {
      const ledger = db.schema<Ledger>();
      await addAccount(db, 1);
      expect(await sql<{ id: number }>`select id from accounts`.execute(ledger)).to.deep.include({
        rows: [{ id: 1 }],
      });
      const refused = [
        ledger.deleteFrom('accounts').execute(),
        ledger
          .with('gone', (q) => q.deleteFrom('accounts').returning('id'))
          .selectFrom('gone')
          .selectAll()
          .execute(),
        sql`delete from accounts`.execute(ledger),
        sql`with gone as (delete from accounts returning id) select * from gone`.execute(ledger),
        ledger.transaction().execute((trx) => trx.selectFrom('accounts').selectAll().execute()),
      ];
      for (const error of await Promise.all(refused.map(failureOf))) expect(error).to.be.instanceOf(Error);
      expect(await accountIds(db)).to.deep.equal([1]);
    });

    it('refuses a statement that the server does not understand, alone', async () => {
      const [wrong, right] = [db.begin(), addAccount(db, 1)];
      db.add(wrong, sql`insert into nowhere values (1)`.compile(db.schema()));
      expect(await failureOf(db.commit(wrong))).to.include({ code: 'db.failed', kind: 'internal' });
      expect(await failureOf(sql`select nothing`.execute(db.schema()))).to.include({ code: 'db.failed' });
      await right;
      expect(await accountIds(db)).to.deep.equal([1]);
    });

    it('gives flags as 0 and 1 and sums as numbers', async () => {
      await addAccount(db, 1, 'a', 40);
      await addAccount(db, 2, 'b', 2);
      const rows =
        await sql`select exists (select 1 from accounts) as flag, sum(amount) as sum from accounts`.execute(
          db.schema(),
        );
      expect(rows.rows).to.deep.equal([{ flag: 1, sum: 42 }]);
    });

    it('reads what was committed before', async () => {
      for (let id = 0; id < 50; id++) {
        await addAccount(db, id);
        expect(await accountIds(db)).to.have.length(id + 1);
      }
    });

    it('does a transaction of thousands of statements in order', async () => {
      const tx = db.begin();
      const ledger = db.schema<Ledger>();
      db.add(tx, ledger.insertInto('accounts').values({ id: 1, name: 'one', amount: 0, photo: null }));
      for (let i = 0; i < 3_000; i++) {
        db.add(
          tx,
          ledger
            .updateTable('accounts')
            .set({ amount: i + 1 })
            .where('amount', '=', i),
          {
            rows: 1,
            otherwise: `order.${i}`,
          },
        );
      }
      await db.commit(tx);
      expect(await ledger.selectFrom('accounts').select('amount').execute()).to.deep.equal([
        { amount: 3_000 },
      ]);
    });
  });
}
