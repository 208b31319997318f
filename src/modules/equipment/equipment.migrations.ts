import { sql } from 'kysely';
import type { Migration } from '../../platform/db/database.js';

export const equipmentMigrations: readonly Migration[] = [
  {
    id: 'equipment-0001-jobs',
    up: (db, types) => {
      const int = sql.raw(types.bigint);
      const text = sql.raw(types.text);
      return [
        db.schema
          .createTable('equipment_jobs')
          .addColumn('id', sql.raw(types.serial), (c) =>
            types.dialect === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
          )
          .addColumn('task_id', text, (c) => c.notNull().unique())
          .addColumn('equipment_id', text, (c) => c.notNull())
          .addColumn('state', text, (c) => c.notNull())
          .addColumn('request', 'text')
          .addColumn('timeout_s', int, (c) => c.notNull())
          .addColumn('not_before', int, (c) => c.notNull())
          .addColumn('expires_at', int)
          .addColumn('failures', int, (c) => c.notNull())
          .addColumn('sent_at', int)
          .addColumn('busy_until', int)
          .addColumn('owner', text)
          .addColumn('traceparent', 'text', (c) => c.notNull()),
        sql`create index equipment_jobs_waiting on equipment_jobs (id) where state = 'waiting'`.compile(db),
        sql`create index equipment_jobs_device on equipment_jobs (equipment_id, id) where state = 'waiting'`.compile(
          db,
        ),
        sql`create index equipment_jobs_expiry on equipment_jobs (expires_at) where state = 'waiting' and expires_at is not null`.compile(
          db,
        ),
        sql`create unique index equipment_jobs_busy on equipment_jobs (equipment_id) where state in ('sent', 'held')`.compile(
          db,
        ),
        sql`create index equipment_jobs_until on equipment_jobs (busy_until) where state in ('sent', 'held')`.compile(
          db,
        ),
        db.schema
          .createTable('equipment_supersedes')
          .addColumn('equipment_id', text, (c) => c.primaryKey())
          .addColumn('task_id', text, (c) => c.notNull())
          .addColumn('at', int, (c) => c.notNull()),
        sql`create index equipment_supersedes_age on equipment_supersedes (at)`.compile(db),
      ];
    },
  },
];
