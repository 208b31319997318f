import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { AppError } from '../../kernel/errors.js';
import type { Migration, Statement } from './database.js';

export interface MigrationsSchema {
  schema_migrations: { id: string; applied_at: number };
}

/** The order of application; ids must differ. */
export function inOrder(migrations: readonly Migration[]): Migration[] {
  const sorted = [...migrations].sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = sorted.find((migration, i) => migration.id === sorted[i + 1]?.id);
  if (!twice) return sorted;
  throw new AppError(`two migrations have the id ${twice.id}`, { code: 'db.migrations', kind: 'internal' });
}

/** Those of `migrations` that `applied` lacks, in order. */
export function missing(migrations: readonly Migration[], applied: readonly { id: string }[]): Migration[] {
  const known = new Set(applied.map(({ id }) => id));
  return inOrder(migrations).filter(({ id }) => !known.has(id));
}

export function createMigrationsTable(db: Kysely<MigrationsSchema>): Statement {
  return db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', sql`bigint`, (column) => column.notNull());
}

export function markApplied(db: Kysely<MigrationsSchema>, id: string, now: number): Statement {
  return db.insertInto('schema_migrations').values({ id, applied_at: now });
}
