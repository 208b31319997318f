import { sql } from 'kysely';
import type { Database, Migration } from '../../../src/platform/db/database.js';

/** The table that the database specs write to. */
export interface Ledger {
  accounts: { id: number; name: string; amount: number; photo: Buffer | null };
}

export const ledgerMigrations: Migration[] = [
  {
    id: 'ledger-0001-accounts',
    up: (db, types) => [
      db.schema
        .createTable('accounts')
        .addColumn('id', sql.raw(types.bigint), (column) => column.primaryKey())
        .addColumn('name', sql.raw(types.text), (column) => column.notNull().unique())
        .addColumn('amount', sql.raw(types.bigint), (column) => column.notNull())
        .addColumn('photo', sql.raw(types.bytes)),
    ],
  },
  {
    id: 'ledger-0002-amounts',
    up: (db) => [db.schema.createIndex('accounts_amount').on('accounts').column('amount')],
  },
];

/** Commits one new account. */
export async function addAccount(
  db: Database,
  id: number,
  name = `account ${id}`,
  amount = 0,
): Promise<void> {
  const tx = db.begin();
  db.add(tx, db.schema<Ledger>().insertInto('accounts').values({ id, name, amount, photo: null }));
  await db.commit(tx);
}

export async function accountIds(db: Database): Promise<number[]> {
  const rows = await db.schema<Ledger>().selectFrom('accounts').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}
