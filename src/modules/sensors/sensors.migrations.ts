import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration, Statement } from '../../platform/db/database.js';

/** Clients, sensors, the status log by day, and what is counted. */
export const sensorMigrations: readonly Migration[] = [
  { id: 'sensors-0001-registry', up: written(registry) },
  { id: 'sensors-0002-status-log', up: written(statusLog) },
  { id: 'sensors-0003-accounting', up: written(accounting) },
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
