import { type Kysely, sql } from 'kysely';
import { TxConflict } from '../../kernel/tx.js';
import type { ColumnTypes, Database, Migration, Statement } from './database.js';
import { misused } from './db-errors.js';

interface MigrationsSchema {
  schema_migrations: { id: string; applied_at: number };
  sqlite_master: { type: string; name: string };
}

const APPLIED = 'db.migration-applied';

/** What migrations need of a database. */
export interface Migrator {
  db: Database;
  types: ColumnTypes;
  /** Goes first in each migration: keeps a second process waiting until the first has committed. */
  lock: Statement[];
  now(): number;
  onApplied(id: string): void;
}

/** Applies what is missing; one that another process applied in the meantime is passed over. */
export async function applyMigrations(to: Migrator, migrations: readonly Migration[]): Promise<string[]> {
  await run(to, [createTable(to.db.schema())]);
  const applied: string[] = [];
  for (const migration of await missing(to.db, migrations)) {
    if (!(await applyOne(to, migration))) continue;
    applied.push(migration.id);
    to.onApplied(migration.id);
  }
  return applied;
}

/** Ids of what is missing; changes nothing. */
export async function findPending(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  const pending = (await tableExists(db)) ? await missing(db, migrations) : inOrder(migrations);
  return pending.map(({ id }) => id);
}

async function applyOne(to: Migrator, migration: Migration): Promise<boolean> {
  const kysely = to.db.schema<MigrationsSchema>();
  const mark = kysely
    .insertInto('schema_migrations')
    .values({ id: migration.id, applied_at: to.now() })
    .onConflict((conflict) => conflict.doNothing());
  try {
    await run(to, migration.up(to.db.schema(), to.types), mark);
    return true;
  } catch (error) {
    if (error instanceof TxConflict && error.reason === APPLIED) return false;
    throw error;
  }
}

/** The mark comes before the statements: where the migration is there already, they do not run. */
async function run({ db, lock }: Migrator, statements: Statement[], mark?: Statement): Promise<void> {
  const tx = db.begin();
  for (const statement of lock) db.add(tx, statement);
  if (mark) db.add(tx, mark, { rows: 1, otherwise: APPLIED });
  for (const statement of statements) db.add(tx, statement);
  await db.commit(tx);
}

function createTable(kysely: Kysely<MigrationsSchema>): Statement {
  return kysely.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', sql`bigint`, (column) => column.notNull());
}

async function tableExists(db: Database): Promise<boolean> {
  const kysely = db.schema<MigrationsSchema>();
  const query =
    db.dialect === 'sqlite'
      ? kysely.selectFrom('sqlite_master').select('name').where('name', '=', 'schema_migrations')
      : kysely
          .selectNoFrom(sql<string | null>`to_regclass('schema_migrations')::text`.as('name'))
          .where(sql<boolean>`to_regclass('schema_migrations') is not null`);
  return (await query.execute()).length > 0;
}

async function missing(db: Database, migrations: readonly Migration[]): Promise<Migration[]> {
  const rows = await db.schema<MigrationsSchema>().selectFrom('schema_migrations').select('id').execute();
  const applied = new Set(rows.map(({ id }) => id));
  return inOrder(migrations).filter(({ id }) => !applied.has(id));
}

function inOrder(migrations: readonly Migration[]): Migration[] {
  const sorted = [...migrations].sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = sorted.find(({ id }, i) => id === sorted[i + 1]?.id);
  if (twice) throw misused(`two migrations have the id ${twice.id}`);
  return sorted;
}
