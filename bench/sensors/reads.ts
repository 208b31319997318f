import type { SensorFilter } from '../../src/modules/sensors/registry/sensor.js';
import { DAY_MS, daysBetween } from '../../src/modules/sensors/log/log-day.js';
import type { LogPage } from '../../src/modules/sensors/log/status-log.queries.js';
import type { SensorsSite } from '../../spec/modules/sensors/sensors-site.js';
import { clientId, CLIENTS, fillLog, fillSensors, KINDS, sensorId } from './fill-sensors.js';

const DAYS = 30;
const LIMIT = 101;
const TARGET_MS = 50;

type Question = (n: number, sensors: number) => { filter: SensorFilter; after?: string };

const LISTS: Readonly<Record<string, Question>> = {
  'all sensors': () => ({ filter: {} }),
  'all, deep': (n, sensors) => ({ filter: {}, after: sensorId(sensors - 1_000 - n) }),
  'of a client': (n) => ({ filter: { clientId: clientId(n % CLIENTS) } }),
  'of a client, by status': (n) => ({ filter: { clientId: clientId(n % CLIENTS), status: 'open' } }),
  'of a client, by its own id': (n) => ({
    filter: { clientId: clientId(n % CLIENTS), externalId: `sensor ${n % CLIENTS}` },
  }),
  'by status': () => ({ filter: { status: 'closed' } }),
  'by a rare status': () => ({ filter: { status: 'failed' } }),
  'by a status that none has': () => ({ filter: { status: 'nothing' } }),
  'by kind': (n) => ({ filter: { kind: `kind ${n % KINDS}` } }),
  'by kind and status': (n) => ({ filter: { kind: `kind ${n % KINDS}`, status: 'moving' } }),
};

type LogQuestion = (n: number, sensors: number, now: number) => Partial<LogPage> & { sensorId: string };

const LOGS: Readonly<Record<string, LogQuestion>> = {
  'timeline, newest 100': (n, sensors) => ({ sensorId: sensorId((n * 7_919) % sensors) }),
  'timeline of a day': (n, sensors, now) => ({
    ...{ sensorId: sensorId((n * 7_919) % sensors), from: now - 5 * DAY_MS, to: now - 4 * DAY_MS },
  }),
  'timeline by status': (n, sensors) => ({ sensorId: sensorId((n * 7_919) % sensors), status: 'open' }),
  'timeline of a sensor that said nothing': () => ({ sensorId: clientId(1) }),
};

/** p50 and p95 of lists, filters and timelines, a page of 100 each. */
export async function measureReads(
  name: string,
  site: SensorsSite,
  { sensors, logRows }: { sensors: number; logRows: number },
  rounds: number,
  settle: () => Promise<void>,
): Promise<object> {
  const now = Date.now();
  const startedAt = performance.now();
  await site.days.ensure(daysBetween(now - (DAYS - 1) * DAY_MS, now));
  await fillSensors(site.db, sensors, now);
  await fillLog(site.db, { rows: logRows, sensors, days: DAYS, now });
  await settle();
  console.log(
    `\n${name}: ${sensors} sensors, ${logRows} log rows in ${Math.round((performance.now() - startedAt) / 1_000)} s`,
  );
  const asked: [string, (n: number) => Promise<unknown[]>][] = [
    ...Object.entries(LISTS).map(([kind, question]): [string, (n: number) => Promise<unknown[]>] => [
      kind,
      (n) => {
        const { filter, after } = question(n, sensors);
        return site.sensors.list(filter, { after, limit: LIMIT });
      },
    ]),
    ...Object.entries(LOGS).map(([kind, question]): [string, (n: number) => Promise<unknown[]>] => [
      kind,
      (n) => site.queries.list({ from: 0, to: now + DAY_MS, limit: LIMIT, ...question(n, sensors, now) }),
    ]),
  ];
  const rows: Record<string, object> = {};
  for (const [kind, ask] of asked) rows[kind] = await timed(ask, rounds * 20);
  console.log(`${name}: ${rounds * 20} questions of each kind, target p95 ${TARGET_MS} ms`);
  console.table(rows);
  return rows;
}

async function timed(ask: (n: number) => Promise<unknown[]>, times: number): Promise<object> {
  const all: number[] = [];
  let found = 0;
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    found = (await ask(n)).length;
    all.push(performance.now() - startedAt);
  }
  all.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(all[Math.ceil(all.length * share) - 1]! * 10) / 10;
  return { found, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'max ms': at(1) };
}
