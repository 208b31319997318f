import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../../platform/db/database.js';

export const alertMigrations: readonly Migration[] = [{ id: 'rate-alerts-0001-alerts', up: alerts }];

function alerts(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const int = sql.raw(types.bigint);
  return [
    db.schema
      .createTable('rate_alerts')
      .addColumn('id', text, (column) => column.primaryKey())
      .addColumn('pair', text, (column) => column.notNull())
      .addColumn('op', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('window_s', int)
      .addColumn('channels', 'text', (column) => column.notNull())
      .addColumn('chat_id', text)
      .addColumn('number', int)
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('fired_at', int)
      .addColumn('fired_value', 'text')
      .addColumn('fired_count', int, (column) => column.notNull())
      .addColumn('created_at', int, (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('version', int, (column) => column.notNull()),
    sql`create unique index rate_alerts_number on rate_alerts (chat_id, number) where chat_id is not null`.compile(
      db,
    ),
    sql`create index rate_alerts_pair on rate_alerts (pair, id)`.compile(db),
  ];
}
