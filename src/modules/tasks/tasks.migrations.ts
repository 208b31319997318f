import { sql } from 'kysely';
import type { Migration } from '../../platform/db/database.js';

export const taskMigrations: readonly Migration[] = [
  {
    id: 'tasks-0001-ledger',
    up: (db, types) => {
      const int = sql.raw(types.bigint);
      const text = sql.raw(types.text);
      const serial = sql.raw(types.serial);
      return [
        db.schema
          .createTable('tasks')
          .addColumn('id', text, (c) => c.primaryKey())
          .addColumn('type', text, (c) => c.notNull())
          .addColumn('state', text, (c) => c.notNull())
          .addColumn('priority', int, (c) => c.notNull())
          .addColumn('lane', text)
          .addColumn('created_at', int, (c) => c.notNull())
          .addColumn('not_before', int, (c) => c.notNull())
          .addColumn('expires_at', int)
          .addColumn('deadline_at', int, (c) => c.notNull())
          .addColumn('started_at', int)
          .addColumn('ended_at', int)
          .addColumn('attempt', int, (c) => c.notNull().defaultTo(0))
          .addColumn('failures', int, (c) => c.notNull().defaultTo(0))
          .addColumn('lapses', int, (c) => c.notNull().defaultTo(0))
          .addColumn('cancel_requested', int, (c) => c.notNull().defaultTo(0))
          .addColumn('owner', text)
          .addColumn('claim', text)
          .addColumn('lease_until', int)
          .addColumn('payload', 'text', (c) => c.notNull())
          .addColumn('view_head', 'text', (c) => c.notNull())
          .addColumn('correlation_id', 'text')
          .addColumn('correlation_key', text)
          .addColumn('source', text, (c) => c.notNull())
          .addColumn('created_by', text, (c) => c.notNull())
          .addColumn('retry_of', text)
          .addColumn('error_code', text)
          .addColumn('error_message', 'text')
          .addColumn('request_id', 'text', (c) => c.notNull())
          .addColumn('traceparent', 'text', (c) => c.notNull()),
        sql`create index tasks_runnable on tasks (type, priority desc, id) where state = 'pending'`.compile(
          db,
        ),
        sql`create index tasks_lane on tasks (lane, id) where lane is not null and state = 'pending'`.compile(
          db,
        ),
        sql`create unique index tasks_lane_busy on tasks (lane) where lane is not null and state = 'in_work'`.compile(
          db,
        ),
        sql`create index tasks_in_work on tasks (claim) where state = 'in_work'`.compile(db),
        sql`create index tasks_state on tasks (state, id)`.compile(db),
        sql`create index tasks_type on tasks (type, id)`.compile(db),
        sql`create index tasks_correlation on tasks (correlation_key, id) where correlation_key is not null`.compile(
          db,
        ),
        db.schema
          .createTable('task_results')
          .addColumn('task_id', text, (c) => c.primaryKey())
          .addColumn('content_type', 'text', (c) => c.notNull())
          .addColumn('body', 'text', (c) => c.notNull()),
        db.schema
          .createTable('task_history')
          .addColumn('id', serial, (c) =>
            types.dialect === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
          )
          .addColumn('task_id', text, (c) => c.notNull())
          .addColumn('at', int, (c) => c.notNull())
          .addColumn('from_state', text)
          .addColumn('to_state', text, (c) => c.notNull())
          .addColumn('reason', 'text', (c) => c.notNull())
          .addColumn('attempt', int, (c) => c.notNull())
          .addColumn('actor', 'text', (c) => c.notNull()),
        sql`create index task_history_task on task_history (task_id, id)`.compile(db),
        db.schema
          .createTable('task_keys')
          .addColumn('key', text, (c) => c.notNull())
          .addColumn('task_id', text, (c) => c.notNull())
          .addPrimaryKeyConstraint('task_keys_pk', ['key', 'task_id']),
        sql`create index task_keys_task on task_keys (task_id)`.compile(db),
        db.schema
          .createTable('idempotency_keys')
          .addColumn('scope', text, (c) => c.notNull())
          .addColumn('key', text, (c) => c.notNull())
          .addColumn('body_hash', text, (c) => c.notNull())
          .addColumn('task_id', text, (c) => c.notNull())
          .addColumn('created_at', int, (c) => c.notNull())
          .addPrimaryKeyConstraint('idempotency_keys_pk', ['scope', 'key']),
        sql`create index idempotency_keys_age on idempotency_keys (created_at)`.compile(db),
      ];
    },
  },
];
