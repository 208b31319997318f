import { sql } from 'kysely';
import { DAY_MS, dayOf, startOf } from '../../src/modules/sensors/log/log-day.js';
import { tableOf } from '../../src/modules/sensors/log/log-days.repository.js';
import type { Database } from '../../src/platform/db/database.js';

export const CLIENTS = 1_000;
export const KINDS = 20;
const SLICE = 100_000;

/** The id of the n-th sensor. */
export function sensorId(n: number): string {
  const hex = n.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${hex}`;
}

/** The id of the n-th client. */
export function clientId(n: number): string {
  return sensorId(0xc00000000000 + n);
}

/** Sensors of 1,000 clients, of 20 kinds and 4 states, 1 in 1,000 of them in a rare one. */
export async function fillSensors(db: Database, count: number, now: number): Promise<void> {
  for (let from = 0; from < count; from += SLICE) {
    const rows = Array.from({ length: Math.min(SLICE, count - from) }, (_, i) => row(from + i, now));
    for (let at = 0; at < rows.length; at += 10_000) await insert(db, rows.slice(at, at + 10_000));
  }
}

function row(n: number, now: number): Record<string, string | number> {
  const status = n % 1_000 === 7 ? 'failed' : ['open', 'closed', 'moving', 'idle'][n % 4]!;
  return {
    ...{ id: sensorId(n), client_id: clientId(n % CLIENTS), external_id: `sensor ${n}`, name: `Sensor ${n}` },
    ...{
      kind: `kind ${Math.floor(n / 7) % KINDS}`,
      enabled: 1,
      version: 1,
      created_at: now,
      created_by: 'bench',
    },
    ...{
      status,
      status_at: now,
      changed_at: now,
      heard: now * 1_000,
      heard_minute: Math.floor(now / 60_000),
    },
  };
}

async function insert(db: Database, rows: readonly Record<string, string | number>[]): Promise<void> {
  const columns = Object.keys(rows[0]!);
  const json = JSON.stringify(rows);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const from =
    db.dialect === 'sqlite'
      ? sql`select ${sql.join(columns.map((column) => sql`value ->> ${sql.lit(column)}`))} from json_each(${json})`
      : sql`select ${names} from json_populate_recordset(null::sensors, ${json}::json)`;
  const tx = db.begin();
  db.add(tx, sql`insert into sensors (${names}) ${from}`.compile(db.schema()));
  await db.commit(tx);
}

/** Log rows, spread over `days` days and the sensors; the days' tables must be there. */
export async function fillLog(
  db: Database,
  options: { rows: number; sensors: number; days: number; now: number },
): Promise<void> {
  const { rows, sensors, days, now } = options;
  const perDay = Math.ceil(rows / days);
  for (let day = 0; day < days; day++) {
    const name = dayOf(now - day * DAY_MS);
    for (let from = 0; from < perDay; from += SLICE) {
      const count = Math.min(SLICE, perDay - from);
      const tx = db.begin();
      db.add(
        tx,
        generated(db, tableOf(name), { from, count, start: startOf(name), sensors, perDay }).compile(
          db.schema(),
        ),
      );
      await db.commit(tx);
    }
  }
}

function generated(
  db: Database,
  table: string,
  {
    from,
    count,
    start,
    sensors,
    perDay,
  }: { from: number; count: number; start: number; sensors: number; perDay: number },
) {
  const step = Math.max(1, Math.floor(DAY_MS / perDay));
  const [series, hex] =
    db.dialect === 'sqlite'
      ? [
          sql`(with recursive s(n) as (select ${from} union all select n + 1 from s where n + 1 < ${from + count}) select n from s)`,
          sql`printf('%012x', n % ${sensors})`,
        ]
      : [
          sql`generate_series(${from}::bigint, ${from + count - 1}::bigint) as s(n)`,
          sql`lpad(to_hex(n % ${sensors}::bigint), 12, '0')`,
        ];
  const at = sql`${sql.lit(start)} + n * ${sql.lit(step)}`;
  return sql`insert into ${sql.raw(table)} (sensor_id, at, status, arrived, payload)
    select substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7000-8000-' || h, at, case n % 3 when 0 then 'open' else 'closed' end,
      at * 1000, '{"t":21.5}' from (select n, ${hex} as h, ${at} as at from ${series}) as made order by 1, 2`;
}
