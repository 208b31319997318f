import { sql } from 'kysely';
import { TxConflict } from '../../kernel/tx.js';
import type { Clock } from '../../kernel/clock.js';
import type { ColumnTypes, Database, Migration } from './database.js';

interface MigrationsSchema {
  schema_migrations: { id: string; applied_at: number };
}

const APPLIED = 'db.migration-applied';
/** Any number, the same in every release: the advisory lock of migrations. */
const LOCK = 7_203_114;

export const SQLITE_TYPES: ColumnTypes = {
  dialect: 'sqlite',
  bigint: 'integer',
  serial: 'integer',
  bytes: 'blob',
  text: 'text',
};

export const POSTGRES_TYPES: ColumnTypes = {
  dialect: 'postgres',
  bigint: 'bigint',
  serial: 'bigserial',
  bytes: 'bytea',
  text: 'text collate "C"',
};

/** Applies what is missing. Each migration's row is its lock: of two processes one inserts it, the other moves on. */
export async function applyMigrations(
  db: Database,
  clock: Clock,
  migrations: readonly Migration[],
): Promise<string[]> {
  await createTable(db);
  const applied: string[] = [];
  for (const migration of await missing(db, migrations)) {
    if (await applyOne(db, clock, migration)) applied.push(migration.id);
  }
  return applied;
}

export async function findPending(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  await createTable(db);
  return (await missing(db, migrations)).map((migration) => migration.id);
}

async function createTable(db: Database): Promise<void> {
  const schema = db.schema<MigrationsSchema>();
  const types = typesOf(db);
  const tx = db.begin();
  addLock(db, tx);
  db.add(
    tx,
    schema.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('applied_at', sql.raw(types.bigint), (column) => column.notNull()),
  );
  await db.commit(tx);
}

async function missing(db: Database, migrations: readonly Migration[]): Promise<Migration[]> {
  const rows = await db.schema<MigrationsSchema>().selectFrom('schema_migrations').select('id').execute();
  const done = new Set(rows.map((row) => row.id));
  return migrations.filter((migration) => !done.has(migration.id));
}

async function applyOne(db: Database, clock: Clock, migration: Migration): Promise<boolean> {
  const schema = db.schema<MigrationsSchema>();
  const tx = db.begin();
  addLock(db, tx);
  const mark = schema
    .insertInto('schema_migrations')
    .values({ id: migration.id, applied_at: clock.now() })
    .onConflict((conflict) => conflict.doNothing());
  db.add(tx, mark, { rows: 1, otherwise: APPLIED });
  for (const statement of migration.up(db.schema<unknown>(), typesOf(db))) db.add(tx, statement);
  try {
    await db.commit(tx);
    return true;
  } catch (error) {
    if (error instanceof TxConflict && error.reason === APPLIED) return false;
    throw error;
  }
}

function addLock(db: Database, tx: ReturnType<Database['begin']>): void {
  if (db.dialect === 'postgres') {
    db.add(tx, sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.compile(db.schema<unknown>()));
  }
}

function typesOf(db: Database): ColumnTypes {
  return db.dialect === 'sqlite' ? SQLITE_TYPES : POSTGRES_TYPES;
}
