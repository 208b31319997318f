import { sql } from 'kysely';
import type { Migration } from '../../platform/db/database.js';

export const systemMigrations: readonly Migration[] = [
  {
    id: 'system-0001-samples',
    up: (db, types) => {
      const int = sql.raw(types.bigint);
      return [
        db.schema
          .createTable('system_samples')
          .addColumn('minute', int, (c) => c.notNull())
          .addColumn('replica', sql.raw(types.text), (c) => c.notNull())
          .addColumn('completed', int, (c) => c.notNull())
          .addColumn('failed', int, (c) => c.notNull())
          .addColumn('cancelled', int, (c) => c.notNull())
          .addColumn('latency', 'text', (c) => c.notNull())
          .addColumn('waiting', int, (c) => c.notNull())
          .addColumn('running', int, (c) => c.notNull())
          .addColumn('queues', 'text', (c) => c.notNull())
          .addColumn('loop_delay_us', int, (c) => c.notNull())
          .addPrimaryKeyConstraint('system_samples_pk', ['minute', 'replica']),
      ];
    },
  },
];
