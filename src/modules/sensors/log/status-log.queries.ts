import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Database } from '../../../platform/db/database.js';
import type { LogDay } from './log-day.js';
import { tableOf } from './log-days.repository.js';
import type { LogDays } from './log-days.js';

/** One line of the status log. */
export interface LogEntry {
  at: number;
  status: string;
  /** Order of arrival: epoch ms times 1,000, and more. */
  arrived: number;
  /** JSON text. */
  payload: string | null;
}

/** The last entry of the page before. */
export type LogPosition = Pick<LogEntry, 'at' | 'arrived' | 'status'>;

export interface LogPage {
  sensorId: string;
  /** At this time or later, epoch ms. */
  from: number;
  /** Before this time. */
  to: number;
  status?: string | undefined;
  after?: LogPosition | undefined;
  limit: number;
}

export type StatusLogQueries = ReturnType<typeof createStatusLogQueries>;

/** Days of one statement, on SQLite: most pages are full after the first of them. */
const DAYS_AT_ONCE = 8;

/** The log of a sensor, newest first. Each day is read by its primary key, and no more days than fill the page. */
export function createStatusLogQueries(db: Database, days: LogDays) {
  const schema = db.schema();

  async function list(page: LogPage): Promise<LogEntry[]> {
    const to = page.after ? Math.min(page.to, page.after.at + 1) : page.to;
    if (db.dialect === 'postgres') return read({ ...page, to }, [sql.raw('sensor_log')]);
    const found: LogEntry[] = [];
    const names = days.within(page.from, to - 1);
    for (let at = 0; at < names.length && found.length < page.limit; at += DAYS_AT_ONCE) {
      const tables = names.slice(at, at + DAYS_AT_ONCE).map((day: LogDay) => sql.raw(tableOf(day)));
      found.push(...(await read({ ...page, to, limit: page.limit - found.length }, tables)));
    }
    return found;
  }

  async function read(page: LogPage, tables: readonly RawBuilder<unknown>[]): Promise<LogEntry[]> {
    return (await statement(page, tables).execute(schema)).rows;
  }

  function statement(page: LogPage, tables: readonly RawBuilder<unknown>[]): RawBuilder<LogEntry> {
    const { limit } = page;
    const parts = tables.map((table) => sql`select * from (${ofTable(page, table)})  as day`);
    return parts.length === 1
      ? sql<LogEntry>`${ofTable(page, tables[0]!)}`
      : sql<LogEntry>`${sql.join(parts, sql` union all `)}
          order by at desc, arrived desc, status desc limit ${limit}`;
  }

  return { list, statement };
}

function ofTable({ sensorId, from, to, status, after, limit }: LogPage, table: RawBuilder<unknown>) {
  const ofStatus = status === undefined ? sql`` : sql`and status = ${status}`;
  const beyond = after
    ? sql`and (at < ${after.at} or (at = ${after.at} and (arrived < ${after.arrived}
        or (arrived = ${after.arrived} and status < ${after.status}))))`
    : sql``;
  return sql`select at, status, arrived, payload from ${table}
    where sensor_id = ${sensorId} and at >= ${from} and at < ${to} ${ofStatus} ${beyond}
    order by at desc, arrived desc, status desc limit ${limit}`;
}
