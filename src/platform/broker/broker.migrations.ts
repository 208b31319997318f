import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../db/database.js';

/** The tables of the broker port: inbox, outbox, dead letters, and the embedded adapter's queues. */
export const brokerMigrations: Migration[] = [
  { id: 'broker-0001-inbox', up: inbox },
  { id: 'broker-0002-outbox', up: outbox },
  { id: 'broker-0003-messages', up: messages },
  { id: 'broker-0004-dead-letters', up: deadLetters },
  { id: 'broker-0005-dead-letter-acts', up: deadLetterActs },
  { id: 'broker-0006-recent-deliveries', up: recentDeliveries },
];

function inbox(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const table = db.schema
    .createTable('broker_inbox')
    .addColumn('queue', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('taken_at', sql.raw(types.bigint), (column) => column.notNull())
    .addPrimaryKeyConstraint('broker_inbox_pk', ['queue', 'key']);
  return [table, db.schema.createIndex('broker_inbox_by_age').on('broker_inbox').column('taken_at')];
}

function outbox(db: Kysely<unknown>, types: ColumnTypes) {
  return [
    numbered(db, 'broker_outbox', types)
      .addColumn('envelope', sql.raw(types.text), (column) => column.notNull())
      .addColumn('body', sql.raw(types.bytes), (column) => column.notNull())
      .addColumn('size', sql.raw(types.bigint), (column) => column.notNull())
      .addColumn('added_at', sql.raw(types.bigint), (column) => column.notNull()),
  ];
}

function messages(db: Kysely<unknown>, types: ColumnTypes) {
  const table = numbered(db, 'broker_messages', types)
    .addColumn('queue', sql.raw(types.text), (column) => column.notNull())
    .addColumn('envelope', sql.raw(types.text), (column) => column.notNull())
    .addColumn('body', sql.raw(types.bytes), (column) => column.notNull())
    .addColumn('size', sql.raw(types.bigint), (column) => column.notNull());
  const index = db.schema
    .createIndex('broker_messages_by_queue')
    .on('broker_messages')
    .columns(['queue', 'id']);
  return [table, index];
}

function deadLetters(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const bigint = sql.raw(types.bigint);
  const table = db.schema
    .createTable('dead_letters')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('detail', text, (column) => column.notNull())
    .addColumn('attempts', bigint, (column) => column.notNull())
    .addColumn('first_at', bigint, (column) => column.notNull())
    .addColumn('last_at', bigint, (column) => column.notNull())
    .addColumn('task_id', text)
    .addColumn('body', sql.raw(types.bytes))
    .addColumn('headers', text)
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('resolved_at', bigint)
    .addColumn('resolved_by', text)
    .addColumn('resolution', text);
  const bySource = db.schema
    .createIndex('dead_letters_by_source')
    .on('dead_letters')
    .columns(['source', 'id']);
  return [table, bySource];
}

/** What became of a letter is its status, and what it takes to publish it again stands apart from its headers. */
function deadLetterActs(db: Kysely<unknown>, types: ColumnTypes) {
  const table = () => db.schema.alterTable('dead_letters');
  const text = sql.raw(types.text);
  return [
    table().renameColumn('resolved_at', 'acted_at'),
    table().renameColumn('resolved_by', 'acted_by'),
    table().addColumn('action_reason', text),
    table().addColumn('replayed_as', text),
    table().addColumn('properties', text),
    sql`update dead_letters set status = case resolution when 'replayed' then 'replayed' else 'discarded' end
      where status = 'resolved'`.compile(db),
    table().dropColumn('resolution'),
    db.schema.createIndex('dead_letters_by_status').on('dead_letters').columns(['status', 'id']),
  ];
}

/** What consumers of batches took last. */
function recentDeliveries(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const bigint = sql.raw(types.bigint);
  return [
    db.schema
      .createTable('broker_recent')
      .addColumn('queue', text, (column) => column.notNull())
      .addColumn('owner', text, (column) => column.notNull())
      .addColumn('slot', bigint, (column) => column.notNull())
      .addColumn('keys', text, (column) => column.notNull())
      .addColumn('taken_at', bigint, (column) => column.notNull())
      .addPrimaryKeyConstraint('broker_recent_pk', ['queue', 'owner', 'slot']),
  ];
}

/** A table with a serial `id`, in whose order its rows are read. */
function numbered<T extends string>(
  db: Kysely<unknown>,
  name: T,
  types: ColumnTypes,
): CreateTableBuilder<T, 'id'> {
  return db.schema
    .createTable(name)
    .addColumn('id', sql.raw(types.serial), (column) =>
      types.dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
    );
}
