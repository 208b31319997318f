import { sql } from 'kysely';
import type { Clock } from '../../../kernel/clock.js';
import type { Database, Statement } from '../../../platform/db/database.js';
import type { SensorsSchema } from '../sensors.schema.js';
import { DAY_MS, startOf } from './log-day.js';
import type { LogDay } from './log-day.js';

/** Any number, the same in every release: two replicas make a day one after the other. */
const DAYS_LOCK = 7_203_115;
/** A reader that stands in the way for longer is passed over, and the day is dropped by the next run. */
const DROP_LOCK_MS = 2_000;

export type LogDaysRepository = ReturnType<typeof createLogDaysRepository>;

/** The tables of the log's days, and the list of those there are. */
export function createLogDaysRepository(db: Database, clock: Clock) {
  const schema = db.schema<SensorsSchema>();
  const isSqlite = db.dialect === 'sqlite';
  const raw = (text: string): Statement => sql.raw(text).compile(schema);

  return {
    /** Oldest first. */
    async list(): Promise<LogDay[]> {
      const rows = await schema.selectFrom('sensor_log_days').select('day').orderBy('day').execute();
      return rows.map(({ day }) => day as LogDay);
    },

    /** Makes what is missing; a day that is there already stays as it is. */
    async make(days: readonly LogDay[]): Promise<void> {
      const tx = db.begin();
      if (!isSqlite) db.add(tx, raw(`select pg_advisory_xact_lock(${DAYS_LOCK})`));
      for (const day of days) {
        db.add(tx, raw(isSqlite ? ownTable(day) : partition(day)));
        const row = { day, made_at: clock.now() };
        db.add(
          tx,
          schema
            .insertInto('sensor_log_days')
            .values(row)
            .onConflict((conflict) => conflict.doNothing()),
        );
      }
      await db.commit(tx);
    },

    /** Drops a day whole. */
    async drop(day: LogDay): Promise<void> {
      const tx = db.begin();
      if (!isSqlite) db.add(tx, raw(`set local lock_timeout = ${DROP_LOCK_MS}`));
      db.add(tx, raw(`drop table if exists ${tableOf(day)}`));
      db.add(tx, schema.deleteFrom('sensor_log_days').where('day', '=', day));
      await db.commit(tx);
    },
  };
}

/** Its name; a day is digits alone, so it can stand in SQL. */
export function tableOf(day: LogDay): string {
  if (!/^\d{8}$/.test(day)) throw new Error('a day of the log is eight digits');
  return `sensor_log_${day}`;
}

function ownTable(day: LogDay): string {
  return `create table if not exists ${tableOf(day)} (sensor_id text not null, at integer not null,
    status text not null, arrived integer not null, payload text,
    primary key (sensor_id, at, status)) without rowid`;
}

function partition(day: LogDay): string {
  const from = startOf(day);
  return `create table if not exists ${tableOf(day)} partition of sensor_log for values from (${from}) to (${from + DAY_MS})`;
}
