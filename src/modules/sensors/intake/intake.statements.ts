import { type RawBuilder, sql } from 'kysely';
import type { StatementRef, Tx } from '../../../kernel/tx.js';
import { EVENTS_CHANNEL } from '../../../platform/events/events-channel.js';
import type { Database } from '../../../platform/db/database.js';
import type { LogDay } from '../log/log-day.js';
import { tableOf } from '../log/log-days.repository.js';

/** What one batch comes to, but for what the database finds out. */
export interface IntakeCounts {
  way: string;
  shard: number;
  cameIn: number;
  accepted: number;
  refused: number;
  deadLettered: number;
}

export interface IntakeBatch {
  /** JSON: `[{n: arrival, s: sensor, a: at, w: status, p: payload, d: day}]`, in the order of arrival. */
  rows: string;
  days: readonly LogDay[];
  /** Epoch ms. */
  now: number;
  counts: IntakeCounts;
}

/** An event that was logged; what was not is a duplicate. */
export interface LoggedRow {
  n: number;
  /** 1: older than what was known of the sensor. */
  late: number;
}

interface Intake {
  steps: RawBuilder<unknown>[];
  found: RawBuilder<LoggedRow>;
}

const STATUS_CHANGED = 'sensor.status-changed';

/** Adds the statements that take a batch; the last of them returns what was logged. */
export function createIntakeStatements(db: Database) {
  const schema = db.schema();
  const intake = db.dialect === 'sqlite' ? sqliteIntake : postgresIntake;
  return {
    add(tx: Tx, batch: IntakeBatch): StatementRef<LoggedRow> {
      const { steps, found } = intake(batch);
      for (const step of steps) db.add(tx, step.compile(schema));
      db.nudgeAfter(tx, EVENTS_CHANNEL);
      return db.add(tx, found.compile(schema));
    },
  };
}

/**
 * PostgreSQL: the sensors' rows are locked first, in one order for all replicas, so that whatever follows sees them as they
 * are and draws event numbers in that order; then one statement does the rest. Both leave in one round trip.
 */
function postgresIntake({ rows, now, counts }: IntakeBatch): Intake {
  const { way, shard, cameIn, accepted, refused, deadLettered } = counts;
  const input = sql`json_to_recordset(${rows}::json) as e(n bigint, s text, a bigint, w text, p text)`;
  const first = sql`select id from sensors where id in (select s from ${input}) order by id for no key update`;
  const found = sql<LoggedRow>`with logged as (
      insert into sensor_log (sensor_id, at, status, arrived, payload)
      select s, a, w, n, p from ${input} order by n
      on conflict do nothing returning sensor_id, at, status, arrived),
    met as (
      select l.*, s.status as before, s.client_id, s.external_id,
        greatest(s.status_at, max(l.at) over (partition by l.sensor_id order by l.arrived
          rows between unbounded preceding and 1 preceding)) as newest
      from logged l join sensors s on s.id = l.sensor_id),
    fresh as (
      select *, lag(status, 1, before) over (partition by sensor_id order by arrived) as previous
      from met where newest is null or at >= newest),
    told as (
      insert into events (type, subject, time, data)
      select ${STATUS_CHANGED}::text, 'sensors/' || sensor_id, ${now}::bigint,
        '{"sensor_id":"' || sensor_id || '","external_id":' || to_json(external_id)::text
        || ',"client_id":"' || client_id || '","from":' || coalesce(to_json(previous)::text, 'null')
        || ',"to":' || to_json(status)::text || ',"at":"'
        || to_char(to_timestamp(at / 1000) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.')
        || lpad((at % 1000)::text, 3, '0') || 'Z"}'
      from fresh where previous is distinct from status order by arrived),
    moved as (
      update sensors set status = f.status, status_at = f.at, heard = f.arrived,
        heard_minute = ${Math.floor(now / 60_000)}::bigint,
        changed_at = case when sensors.status is distinct from f.status then ${now}::bigint else sensors.changed_at end
      from (select distinct on (sensor_id) sensor_id, status, at, arrived from fresh order by sensor_id, arrived desc) f
      where sensors.id = f.sensor_id),
    counted as (
      insert into sensor_accounting as a (way, shard, came_in, logged, late, duplicate, refused, dead_lettered)
      select ${way}::text, ${shard}::bigint, ${cameIn}::bigint, l.n, l.n - f.n, ${accepted}::bigint - l.n,
        ${refused}::bigint, ${deadLettered}::bigint
      from (select count(*) as n from logged) l, (select count(*) as n from fresh) f
      on conflict (way, shard) do update set ${added}
      )
    select l.arrived as n, case when f.arrived is null then 1 else 0 end as late
    from logged l left join fresh f on f.arrived = l.arrived`;
  return { steps: [first], found };
}

/** SQLite: the same in steps over a temporary table, which is empty again for the next batch. */
function sqliteIntake({ rows, days, now, counts }: IntakeBatch): Intake {
  const { way, shard, cameIn, accepted, refused, deadLettered } = counts;
  const logging = days.flatMap((day) => {
    const table = sql.raw(tableOf(day));
    return [
      sql`insert into ${table} (sensor_id, at, status, arrived, payload)
        select sensor_id, at, status, n, payload from temp.sensor_intake where day = ${day} order by n
        on conflict do nothing`,
      sql`delete from temp.sensor_intake where day = ${day} and not exists (
        select 1 from ${table} l where l.sensor_id = sensor_intake.sensor_id and l.at = sensor_intake.at
          and l.status = sensor_intake.status and l.arrived = sensor_intake.n)`,
    ];
  });
  const steps = [
    sql`create temp table if not exists sensor_intake (n integer primary key, sensor_id text not null,
      at integer not null, status text not null, payload text, day text not null, late integer not null)`,
    sql`delete from temp.sensor_intake`,
    sql`insert into temp.sensor_intake (n, sensor_id, at, status, payload, day, late)
      select value ->> 'n', value ->> 's', value ->> 'a', value ->> 'w', value ->> 'p', value ->> 'd', 0
      from json_each(${rows})`,
    ...logging,
    sql`update temp.sensor_intake set late = 1 where n in (
      select n from (select i.n, i.at, s.status_at, max(i.at) over (partition by i.sensor_id order by i.n
          rows between unbounded preceding and 1 preceding) as newest
        from temp.sensor_intake i join sensors s on s.id = i.sensor_id)
      where at < coalesce(status_at, at) or at < coalesce(newest, at))`,
    sql`insert into events (type, subject, time, data)
      select ${STATUS_CHANGED}, 'sensors/' || id, ${now},
        '{"sensor_id":"' || id || '","external_id":' || json_quote(external_id)
        || ',"client_id":"' || client_id || '","from":' || json_quote(previous)
        || ',"to":' || json_quote(status) || ',"at":"'
        || strftime('%Y-%m-%dT%H:%M:%S', at / 1000, 'unixepoch') || printf('.%03dZ"}', at % 1000)
      from (select i.n, i.at, i.status, s.id, s.client_id, s.external_id,
          lag(i.status, 1, s.status) over (partition by i.sensor_id order by i.n) as previous
        from temp.sensor_intake i join sensors s on s.id = i.sensor_id where i.late = 0)
      where status is not previous order by n`,
    sql`update sensors set status = f.status, status_at = f.at, heard = f.n,
        heard_minute = ${Math.floor(now / 60_000)},
        changed_at = case when sensors.status is not f.status then ${now} else changed_at end
      from (select sensor_id, status, at, max(n) as n from temp.sensor_intake where late = 0 group by sensor_id) f
      where sensors.id = f.sensor_id`,
    sql`insert into sensor_accounting as a (way, shard, came_in, logged, late, duplicate, refused, dead_lettered)
      select ${way}, ${shard}, ${cameIn}, count(*), coalesce(sum(late), 0), ${accepted} - count(*), ${refused},
        ${deadLettered} from temp.sensor_intake where true
      on conflict (way, shard) do update set ${added}`,
  ];
  return { steps, found: sql<LoggedRow>`select n, late from temp.sensor_intake` };
}

const added = sql.raw(
  ['came_in', 'logged', 'late', 'duplicate', 'refused', 'dead_lettered']
    .map((column) => `${column} = a.${column} + excluded.${column}`)
    .join(', '),
);
