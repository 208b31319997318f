import { sql } from 'kysely';
import type { Migration } from '../../platform/db/database.js';
import { earliestEnd } from './tasks.schema.js';

const FIRST_ID = '00000000-0000-7000-8000-000000000000';
const LAST_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

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
  {
    id: 'tasks-0002-search',
    up: (db, types) => [
      sql`alter table tasks add column delayed ${sql.raw(types.bigint)} not null default 0`.compile(db),
      sql`update tasks set delayed = 1 where state = 'pending' and not_before > created_at`.compile(db),
      sql`drop index tasks_runnable`.compile(db),
      sql`create index tasks_runnable on tasks (type, priority desc, id) where state = 'pending' and delayed = 0`.compile(
        db,
      ),
      sql`create index tasks_delayed on tasks (not_before) where state = 'pending' and delayed = 1`.compile(
        db,
      ),
      sql`create index tasks_overdue on tasks ((${earliestEnd(types.dialect)})) where state = 'pending'`.compile(
        db,
      ),
      sql`create unique index tasks_retry on tasks (retry_of) where retry_of is not null`.compile(db),
      sql`create index tasks_search on tasks (state, type, priority, source, id)`.compile(db),
      sql`drop index tasks_state`.compile(db),
      sql`drop index tasks_type`.compile(db),
    ],
  },
  {
    id: 'tasks-0003-operations',
    up: (db, types) => {
      const int = sql.raw(types.bigint);
      const text = sql.raw(types.text);
      return [
        db.schema
          .createTable('task_pauses')
          .addColumn('type', text, (c) => c.primaryKey())
          .addColumn('paused_at', int, (c) => c.notNull())
          .addColumn('paused_by', 'text', (c) => c.notNull())
          .addColumn('reason', 'text'),
        db.schema
          .createTable('task_bulks')
          .addColumn('id', text, (c) => c.primaryKey())
          .addColumn('action', 'text', (c) => c.notNull())
          .addColumn('filter', 'text', (c) => c.notNull())
          .addColumn('created_at', int, (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('request_id', 'text', (c) => c.notNull())
          .addColumn('traceparent', 'text', (c) => c.notNull())
          .addColumn('matched', int, (c) => c.notNull())
          .addColumn('done', int, (c) => c.notNull().defaultTo(0))
          .addColumn('skipped', int, (c) => c.notNull().defaultTo(0))
          .addColumn('position', text, (c) => c.notNull())
          .addColumn('ended_at', int),
        sql`create index task_bulks_open on task_bulks (id) where ended_at is null`.compile(db),
        // Errors from before are put under their words in small steps, by the leader, once it runs.
        sql`insert into task_bulks (id, action, filter, created_at, created_by, request_id, traceparent, matched, position)
          select ${FIRST_ID}, 'index-errors', '{"states":["error"]}', 0, 'migration', 'migration', '', count(*), ${LAST_ID}
          from tasks where state = 'error' having count(*) > 0`.compile(db),
      ];
    },
  },
  {
    id: 'tasks-0004-elsewhere',
    up: (db) => [
      sql`create index tasks_elsewhere on tasks (deadline_at) where state = 'in_work' and owner is null`.compile(
        db,
      ),
    ],
  },
  {
    id: 'tasks-0005-begun',
    up: (db, types) => [
      sql`alter table tasks add column begun ${sql.raw(types.bigint)} not null default 0`.compile(db),
    ],
  },
];
