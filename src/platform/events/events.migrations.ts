import { sql } from 'kysely';
import type { Migration } from '../db/database.js';

/**
 * On SQLite one writer commits in the order of its row ids, so the row id is the position. On PostgreSQL a
 * row id is drawn before its commit, so the sequencer gives each committed row its `position`.
 */
export const eventMigrations: readonly Migration[] = [
  {
    id: 'events-0001-log',
    up: (db, types) => {
      const id = sql.raw(types.serial);
      const table = db.schema
        .createTable('events')
        .addColumn('id', id, (column) =>
          types.dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
        )
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('time', sql.raw(types.bigint), (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull());
      if (types.dialect === 'sqlite') return [table];
      return [
        table.addColumn('position', 'bigint'),
        db.schema.createIndex('events_position').unique().on('events').column('position'),
        sql`create index events_unnumbered on events (id) where position is null`.compile(db),
        db.schema.createTable('event_sequence').addColumn('last', 'bigint', (column) => column.notNull()),
        sql`insert into event_sequence (last) values (0)`.compile(db),
      ];
    },
  },
];
