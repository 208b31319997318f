import type { RestClient } from '../support/rest-client.js';
import type { DatabaseTruth } from '../torture/database-truth.js';
import type { StormTruth } from './storm-truth.js';

export interface Accounting {
  came_in: number;
  logged: number;
  late: number;
  duplicate: number;
  refused: number;
  dead_lettered: number;
  balanced: boolean;
}

interface Entry {
  at: string;
  status: string;
}

/** What the service says, against what was sent; each difference in words. */
export async function checkStorm(rest: RestClient, truth: StormTruth): Promise<string[]> {
  const faults = checkAccounting((await rest.get('/api/v1/sensors/accounting')).body as Accounting, truth);
  for (const [id, { status, at, log }] of truth.sensors) {
    const sensor = (await rest.get(`/api/v1/sensors/${id}`)).body as { status: string; status_at: string };
    if (sensor.status !== status || Date.parse(sensor.status_at) !== at) {
      faults.push(`sensor ${id} is ${sensor.status} at ${sensor.status_at}, not ${status} at ${at}`);
    }
    const entries = await logOf(rest, id);
    const found = new Set(entries.map((entry) => `${Date.parse(entry.at)} ${entry.status}`));
    if (found.size !== entries.length) faults.push(`the log of ${id} has something twice`);
    if (found.size !== log.size || [...log].some((entry) => !found.has(entry))) {
      faults.push(`the log of ${id} has ${found.size} entries, not the ${log.size} that were sent`);
    }
  }
  return faults;
}

function checkAccounting(told: Accounting, truth: StormTruth): string[] {
  const wanted = {
    came_in: truth.cameIn,
    logged: truth.logged,
    duplicate: truth.duplicate,
    dead_lettered: truth.dead,
    refused: 0,
  };
  const faults = Object.entries(wanted)
    .filter(([name, count]) => told[name as keyof typeof wanted] !== count)
    .map(([name, count]) => `${name} is ${told[name as keyof typeof wanted]}, not ${count}`);
  return told.balanced ? faults : [...faults, 'the accounting is not balanced'];
}

async function logOf(rest: RestClient, id: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = (await rest.get(`/api/v1/sensors/${id}/log?limit=1000${query}`)).body as {
      items: Entry[];
      next_cursor: string | null;
    };
    entries.push(...page.items);
    cursor = page.next_cursor;
  }
  return entries;
}

interface Change {
  sensor_id: string;
  from: string | null;
  to: string;
  at: string;
}

/** Each change of status is in the event log once and in order, and the last one says how the sensor is. */
export async function checkChanges(tables: DatabaseTruth, truth: StormTruth): Promise<string[]> {
  const position = tables.dialect === 'sqlite' ? 'id' : 'position';
  const rows = await tables.rows<{ data: string }>(
    `select data from events where type = 'sensor.status-changed' order by ${position}`,
  );
  const faults: string[] = [];
  const last = new Map<string, Change>();
  for (const { data } of rows) {
    const change = JSON.parse(data) as Change;
    const before = last.get(change.sensor_id);
    const follows = change.from === (before?.to ?? null) && change.to !== change.from;
    if (!follows || (before && change.at <= before.at)) {
      faults.push(`after ${JSON.stringify(before)} came ${data}`);
    }
    last.set(change.sensor_id, change);
  }
  for (const [id, { status }] of truth.sensors) {
    const told = last.get(id)?.to;
    if (told !== status) faults.push(`the last change of ${id} was to ${told}, and it is ${status}`);
  }
  return faults;
}
