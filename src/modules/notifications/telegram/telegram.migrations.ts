import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration } from '../../../platform/db/database.js';

/** Chats, messages to them, and which updates were handled. */
export const telegramMigrations: readonly Migration[] = [{ id: 'telegram-0001-messages', up: messages }];

function messages(db: Kysely<unknown>, types: ColumnTypes) {
  const text = sql.raw(types.text);
  const int = sql.raw(types.bigint);
  return [
    db.schema
      .createTable('telegram_chats')
      .addColumn('chat_id', text, (column) => column.primaryKey())
      .addColumn('language', 'text', (column) => column.notNull())
      .addColumn('seen_at', int, (column) => column.notNull())
      .addColumn('blocked_at', int),
    sql`create index telegram_chats_seen on telegram_chats (seen_at)`.compile(db),
    db.schema
      .createTable('telegram_messages')
      .addColumn('id', text, (column) => column.primaryKey())
      .addColumn('dedupe_key', text, (column) => column.notNull().unique())
      .addColumn('chat_id', text, (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('attempts', int, (column) => column.notNull())
      .addColumn('created_at', int, (column) => column.notNull())
      .addColumn('not_before', int, (column) => column.notNull())
      .addColumn('ended_at', int)
      .addColumn('error', 'text'),
    sql`create index telegram_messages_waiting on telegram_messages (chat_id, id) where state = 'waiting'`.compile(
      db,
    ),
    sql`create index telegram_messages_ended on telegram_messages (ended_at) where ended_at is not null`.compile(
      db,
    ),
    db.schema
      .createTable('telegram_updates')
      .addColumn('update_id', int, (column) => column.primaryKey())
      .addColumn('handled_at', int, (column) => column.notNull()),
    sql`create index telegram_updates_age on telegram_updates (handled_at)`.compile(db),
  ];
}
