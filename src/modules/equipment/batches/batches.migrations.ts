import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../../platform/db/database.js';

/** Batches, their devices, and the keys of repeated calls. */
export const batchMigrations: readonly Migration[] = [{ id: 'equipment-batches-0001-batches', up: batches }];

function batches(db: Kysely<unknown>, types: ColumnTypes) {
  return [...batchTable(db, types), ...itemTable(db, types), keyTable(db, types)];
}

function batchTable(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  let table = db.schema
    .createTable('equipment_batches')
    .addColumn('id', text, (column) => column.primaryKey());
  for (const name of ['state', 'created_by', 'changed_by', 'request_id', 'traceparent'])
    table = table.addColumn(name, text, (column) => column.notNull());
  for (const name of ['name', 'shared', 'secret', 'reason']) table = table.addColumn(name, text);
  for (const name of BATCH_NUMBERS)
    table = table.addColumn(name, sql.raw(types.bigint), (column) => column.notNull());
  for (const name of ['expires_at', 'ended_at']) table = table.addColumn(name, sql.raw(types.bigint));
  const open = db.schema
    .createIndex('equipment_batches_open')
    .on('equipment_batches')
    .column('id')
    .where(sql.ref('ended_at'), 'is', null);
  return [table, open];
}

const BATCH_NUMBERS = [
  ...[
    'total',
    'canary',
    'canary_passed',
    'stop_share',
    'max_attempts',
    'in_flight',
    'timeout_s',
    'supersede',
  ],
  ...['waiting', 'running', 'completed', 'failed', 'cancelled', 'forgiven_ended', 'forgiven_failed'],
  ...['created_at', 'changed_at', 'version'],
];

function itemTable(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const bigint = sql.raw(types.bigint);
  let table = db.schema
    .createTable('equipment_batch_items')
    .addColumn('batch_id', text, (column) => column.notNull())
    .addColumn('position', bigint, (column) => column.notNull())
    .addColumn('equipment_id', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('equipment_batch_items_key', ['batch_id', 'position']);
  for (const name of ['turn', 'attempts', 'max_attempts', 'recall'])
    table = table.addColumn(name, bigint, (column) => column.notNull());
  for (const name of ['task_id', 'parameters', 'secret', 'message']) table = table.addColumn(name, text);
  for (const name of ['code', 'ended_at']) table = table.addColumn(name, bigint);
  const byTurn = db.schema
    .createIndex('equipment_batch_items_turn')
    .on('equipment_batch_items')
    .columns(['batch_id', 'state', 'turn']);
  const byTask = db.schema
    .createIndex('equipment_batch_items_task')
    .on('equipment_batch_items')
    .column('task_id')
    .where(sql.ref('task_id'), 'is not', null);
  return [table, byTurn, byTask];
}

function keyTable(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  return db.schema
    .createTable('equipment_batch_keys')
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('body_hash', text, (column) => column.notNull())
    .addColumn('batch_id', text, (column) => column.notNull())
    .addColumn('created_at', sql.raw(types.bigint), (column) => column.notNull())
    .addPrimaryKeyConstraint('equipment_batch_keys_key', ['scope', 'key']);
}
