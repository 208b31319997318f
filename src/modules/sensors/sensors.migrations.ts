import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration, Statement } from '../../platform/db/database.js';

/** Clients, sensors, the status log by day, and what is counted. */
export const sensorMigrations: readonly Migration[] = [
  { id: 'sensors-0001-registry', up: written(registry) },
  { id: 'sensors-0002-status-log', up: written(statusLog) },
  { id: 'sensors-0003-accounting', up: written(accounting) },
  { id: 'sensors-0004-alarms', up: written(alarms) },
  { id: 'sensors-0005-room', up: written(room) },
  { id: 'sensors-0006-since', up: written(since) },
];

/** Plain SQL with the types of the dialect. */
function written(texts: (types: ColumnTypes) => readonly string[]) {
  return (db: Kysely<unknown>, types: ColumnTypes): Statement[] =>
    texts(types).map((text) => sql.raw(text).compile(db));
}

function registry({ text, bigint }: ColumnTypes): string[] {
  return [
    `create table clients (id ${text} primary key, name ${text} not null, version ${bigint} not null,
      created_at ${bigint} not null, created_by ${text} not null, deleted_at ${bigint})`,
    'create unique index clients_by_name on clients (name) where deleted_at is null',
    `create table sensors (id ${text} primary key, client_id ${text} not null, external_id ${text} not null,
      name ${text} not null, kind ${text} not null, enabled ${bigint} not null, version ${bigint} not null,
      created_at ${bigint} not null, created_by ${text} not null, deleted_at ${bigint},
      status ${text}, status_at ${bigint}, changed_at ${bigint},
      heard ${bigint} not null, heard_minute ${bigint} not null)`,
    'create unique index sensors_by_external_id on sensors (client_id, external_id) where deleted_at is null',
    'create index sensors_by_client on sensors (client_id, id) where deleted_at is null',
    'create index sensors_by_client_status on sensors (client_id, status, id) where deleted_at is null',
    'create index sensors_by_status on sensors (status, id) where deleted_at is null',
    'create index sensors_by_kind on sensors (kind, id) where deleted_at is null',
    'create index sensors_by_silence on sensors (heard_minute, id) where deleted_at is null',
    `create table sensors_idempotency (scope ${text} not null, key ${text} not null, body_hash ${text} not null,
      resource_id ${text} not null, created_at ${bigint} not null, primary key (scope, key))`,
    'create index sensors_idempotency_by_age on sensors_idempotency (created_at)',
  ];
}

/** On PostgreSQL one table with a partition for each day; on SQLite the days are tables of their own, made as they come. */
function statusLog({ text, bigint, dialect }: ColumnTypes): string[] {
  const days = `create table sensor_log_days (day ${text} primary key, made_at ${bigint} not null)`;
  if (dialect === 'sqlite') return [days];
  const log = `create table sensor_log (sensor_id ${text} not null, at ${bigint} not null, status ${text} not null,
    arrived ${bigint} not null, payload ${text}, primary key (sensor_id, at, status)) partition by range (at)`;
  return [days, log];
}

function accounting({ text, bigint }: ColumnTypes): string[] {
  return [
    `create table sensor_accounting (way ${text} not null, shard ${bigint} not null, came_in ${bigint} not null,
      logged ${bigint} not null, late ${bigint} not null, duplicate ${bigint} not null,
      refused ${bigint} not null, dead_lettered ${bigint} not null, primary key (way, shard))`,
    `create table sensor_refusals (way ${text} not null, reason ${text} not null, count ${bigint} not null,
      primary key (way, reason))`,
  ];
}

function alarms({ text, bigint }: ColumnTypes): string[] {
  return [
    `create table alarm_rules (id ${text} primary key, name ${text} not null, severity ${text} not null,
      condition ${text} not null, for_ms ${bigint} not null, client_id ${text}, sensor_id ${text}, kind ${text},
      enabled ${bigint} not null, version ${bigint} not null, revision ${bigint} not null, scan_after ${text},
      created_at ${bigint} not null, created_by ${text} not null, deleted_at ${bigint})`,
    `create table alarm_watches (rule_id ${text} not null, sensor_id ${text} not null, revision ${bigint} not null,
      since ${bigint}, changes ${text} not null, due_at ${bigint} not null, primary key (rule_id, sensor_id))`,
    'create index alarm_watches_due on alarm_watches (due_at)',
    'create index alarm_watches_by_sensor on alarm_watches (sensor_id)',
    `create table alarms (id ${text} primary key, rule_id ${text} not null, rule_name ${text} not null,
      rule_revision ${bigint} not null, severity ${text} not null, sensor_id ${text} not null,
      client_id ${text} not null, status ${text}, raised_at ${bigint} not null, cleared_at ${bigint},
      acknowledged_at ${bigint}, acknowledged_by ${text}, note ${text}, version ${bigint} not null)`,
    'create unique index alarms_active on alarms (rule_id, sensor_id) where cleared_at is null',
    'create index alarms_active_by_id on alarms (id) where cleared_at is null',
    'create index alarms_by_sensor on alarms (sensor_id, id)',
    'create index alarms_by_client on alarms (client_id, id)',
    'create index alarms_by_rule on alarms (rule_id, id)',
    'create index alarms_by_end on alarms (cleared_at)',
    `create table sensor_positions (name ${text} primary key, position ${bigint} not null)`,
  ];
}

/** Room in each page, so that an event that changes no index needs no new entry in any of them. */
function room({ dialect }: ColumnTypes): string[] {
  return dialect === 'postgres' ? ['alter table sensors set (fillfactor = 70)'] : [];
}

/** Rules that are there already follow whatever is still to be followed. */
function since({ bigint }: ColumnTypes): string[] {
  return [`alter table alarm_rules add column since_position ${bigint} not null default 0`];
}
