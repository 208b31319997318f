import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../../platform/db/database.js';

/** Devices that were seen. */
export const deviceMigrations: readonly Migration[] = [{ id: 'equipment-devices-0001-devices', up: devices }];

function devices(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const bigint = sql.raw(types.bigint);
  let table = db.schema
    .createTable('equipment_devices')
    .addColumn('id', text, (column) => column.primaryKey());
  for (const name of ['last_task_id', 'last_result', 'last_message'])
    table = table.addColumn(name, text, (column) => column.notNull());
  for (const name of ['last_batch_id', 'note', 'noted_by']) table = table.addColumn(name, text);
  for (const name of ['first_seen_at', 'last_seen_at', 'tasks', 'failures', 'version'])
    table = table.addColumn(name, bigint, (column) => column.notNull());
  table = table.addColumn('noted_at', bigint);
  const index = (name: string, column: string) =>
    db.schema.createIndex(name).on('equipment_devices').columns([column, 'id']);
  return [
    table,
    index('equipment_devices_result', 'last_result'),
    index('equipment_devices_batch', 'last_batch_id'),
  ];
}
