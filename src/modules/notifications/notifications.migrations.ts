import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../platform/db/database.js';

/** Endpoints, what they are to be told, and how that went. */
export const notificationMigrations: readonly Migration[] = [
  { id: 'notifications-0001-endpoints', up: endpoints },
  { id: 'notifications-0002-deliveries', up: deliveries },
  { id: 'notifications-0003-since', up: since },
];

function endpoints(db: Kysely<unknown>, types: ColumnTypes) {
  const [text, int] = [sql.raw(types.text), sql.raw(types.bigint)];
  return [
    db.schema
      .createTable('webhook_endpoints')
      .addColumn('id', text, (column) => column.primaryKey())
      .addColumn('client_id', text)
      .addColumn('channel', text, (column) => column.notNull())
      .addColumn('url', text)
      .addColumn('chat_id', text)
      .addColumn('description', text)
      .addColumn('event_types', text, (column) => column.notNull())
      .addColumn('filter', text)
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('disabled_reason', text)
      .addColumn('disabled_at', int)
      .addColumn('retry_schedule', text)
      .addColumn('rate_per_s', 'integer')
      .addColumn('concurrency', 'integer')
      .addColumn('secret', text, (column) => column.notNull())
      .addColumn('previous_secret', text)
      .addColumn('previous_until', int)
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('created_at', int, (column) => column.notNull())
      .addColumn('created_by', text, (column) => column.notNull())
      .addColumn('updated_at', int, (column) => column.notNull())
      .addColumn('deleted_at', int)
      .addColumn('idempotency_key', text, (column) => column.unique())
      .addColumn('idempotency_hash', text),
    db.schema
      .createTable('webhook_health')
      .addColumn('endpoint_id', text, (column) => column.primaryKey())
      .addColumn('failing_since', int)
      .addColumn('last_success_at', int)
      .addColumn('last_failure_at', int)
      .addColumn('last_error', text),
    db.schema
      .createTable('webhook_state')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('position', int, (column) => column.notNull())
      .addColumn('scheduled_position', int, (column) => column.notNull())
      .addColumn('revision', int, (column) => column.notNull()),
    sql`insert into webhook_state (id, position, scheduled_position, revision) values (1, 0, 0, 0)`.compile(
      db,
    ),
  ];
}

function deliveries(db: Kysely<unknown>, types: ColumnTypes) {
  const [text, int] = [sql.raw(types.text), sql.raw(types.bigint)];
  return [
    db.schema
      .createTable('webhook_messages')
      .addColumn('event_id', text, (column) => column.primaryKey())
      .addColumn('body', text, (column) => column.notNull())
      .addColumn('created_at', int, (column) => column.notNull()),
    sql`create index webhook_messages_age on webhook_messages (created_at)`.compile(db),
    db.schema
      .createTable('webhook_deliveries')
      .addColumn('seq', sql.raw(types.serial), (column) =>
        types.dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
      )
      .addColumn('id', text, (column) => column.notNull().unique())
      .addColumn('endpoint_id', text, (column) => column.notNull())
      .addColumn('event_id', text, (column) => column.notNull())
      .addColumn('event_type', text, (column) => column.notNull())
      .addColumn('subject', text, (column) => column.notNull())
      .addColumn('state', text, (column) => column.notNull())
      .addColumn('head', 'integer', (column) => column.notNull())
      .addColumn('due_at', int, (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('last_status', 'integer')
      .addColumn('last_error', text)
      .addColumn('created_at', int, (column) => column.notNull())
      .addColumn('ended_at', int),
    sql`create unique index webhook_deliveries_head on webhook_deliveries (endpoint_id, subject) where head = 1`.compile(
      db,
    ),
    sql`create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, seq) where head = 1`.compile(
      db,
    ),
    sql`create index webhook_deliveries_lane on webhook_deliveries (endpoint_id, subject, seq) where state = 'pending'`.compile(
      db,
    ),
    sql`create index webhook_deliveries_failed on webhook_deliveries (endpoint_id, created_at, seq) where state = 'failed'`.compile(
      db,
    ),
    sql`create index webhook_deliveries_listed on webhook_deliveries (endpoint_id, created_at, seq)`.compile(
      db,
    ),
    db.schema
      .createTable('webhook_attempts')
      .addColumn('delivery_seq', int, (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('at', int, (column) => column.notNull())
      .addColumn('duration_ms', 'integer', (column) => column.notNull())
      .addColumn('status', 'integer')
      .addColumn('error', text)
      .addColumn('excerpt', text)
      .addPrimaryKeyConstraint('webhook_attempts_pk', ['delivery_seq', 'number']),
  ];
}

/** Endpoints that are there already are told of whatever is still to be taken. */
function since(db: Kysely<unknown>, types: ColumnTypes) {
  return [
    db.schema
      .alterTable('webhook_endpoints')
      .addColumn('since_position', sql.raw(types.bigint), (column) => column.notNull().defaultTo(0)),
  ];
}
