import { sql } from 'kysely';
import type { Migration } from '../../platform/db/database.js';

export const accessMigrations: readonly Migration[] = [
  {
    id: 'access-0001-tokens',
    up: (db, types) => {
      const int = sql.raw(types.bigint);
      const text = sql.raw(types.text);
      return [
        db.schema
          .createTable('access_tokens')
          .addColumn('id', text, (c) => c.primaryKey())
          .addColumn('name', text, (c) => c.notNull().unique())
          .addColumn('role', text, (c) => c.notNull())
          .addColumn('client_id', text)
          .addColumn('secret_hash', sql.raw(types.bytes), (c) => c.notNull())
          .addColumn('created_at', int, (c) => c.notNull())
          .addColumn('created_by', text, (c) => c.notNull())
          .addColumn('revoked_at', int)
          .addColumn('last_used_at', int),
      ];
    },
  },
];
