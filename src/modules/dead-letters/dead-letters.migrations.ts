import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../platform/db/database.js';

/** What was done with letters, and what bulks have yet to do. */
export const deadLetterMigrations: readonly Migration[] = [
  { id: 'dead-letters-0001-history', up: history },
  { id: 'dead-letters-0002-bulks', up: bulks },
];

function history(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const table = db.schema
    .createTable('dead_letter_history')
    .addColumn('id', sql.raw(types.serial), (column) =>
      types.dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
    )
    .addColumn('letter_id', text, (column) => column.notNull())
    .addColumn('at', sql.raw(types.bigint), (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('detail', text);
  const byLetter = db.schema
    .createIndex('dead_letter_history_letter')
    .on('dead_letter_history')
    .columns(['letter_id', 'id']);
  return [table, byLetter];
}

function bulks(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const table = db.schema
    .createTable('dead_letter_bulks')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('rate_per_s', sql.raw(types.bigint), (column) => column.notNull())
    .addColumn('created_at', sql.raw(types.bigint), (column) => column.notNull())
    .addColumn('request_id', text, (column) => column.notNull())
    .addColumn('traceparent', text, (column) => column.notNull());
  const plans = db.schema
    .createTable('dead_letter_plans')
    .addColumn('letter_id', text, (column) => column.primaryKey())
    .addColumn('bulk_id', text, (column) => column.notNull());
  const byBulk = db.schema
    .createIndex('dead_letter_plans_bulk')
    .on('dead_letter_plans')
    .columns(['bulk_id', 'letter_id']);
  return [table, plans, byBulk];
}
