import type { RestClient } from '../support/rest-client.js';
import { ALARM } from './storm-webhooks.js';
import type { StormTruth } from './storm-truth.js';
import type { StoredEvent } from './stored-events.js';

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

/** Each change of status that what was sent comes to is in the event log once, in order, and there is no other. */
export function checkChanges(stored: readonly StoredEvent[], truth: StormTruth): string[] {
  const told = new Map<string, Change[]>();
  for (const { data } of stored) {
    const change = JSON.parse(data) as Change;
    told.set(change.sensor_id, [...(told.get(change.sensor_id) ?? []), change]);
  }
  const strangers = [...told.keys()].filter((id) => !truth.sensors.has(id));
  return [
    ...strangers.map((id) => `changes of ${id}, which said nothing`),
    ...[...truth.sensors].flatMap(([id, { changes }]) => {
      const wanted = changes.map(({ to, at }, n) => `${changes[n - 1]?.to ?? null} ${to} ${at}`);
      const found = (told.get(id) ?? []).map(({ from, to, at }) => `${from} ${to} ${Date.parse(at)}`);
      const odd = wanted.findIndex((change, n) => change !== found[n]);
      if (odd < 0 && found.length === wanted.length) return [];
      const where = odd < 0 ? wanted.length : odd;
      return [`change ${where} of ${id} is "${found[where]}", not "${wanted[where]}"`];
    }),
  ];
}

/** Of each sensor that the rule is about, an alarm was raised and cleared as its status came and went. */
export function checkAlarms(
  stored: readonly StoredEvent[],
  truth: StormTruth,
  watched: readonly string[],
): string[] {
  const told = new Map<string, string[]>();
  for (const { subject, type } of stored) told.set(subject, [...(told.get(subject) ?? []), type]);
  return watched.flatMap((id) => {
    const wanted = (truth.sensors.get(id)?.changes ?? []).flatMap(({ to }, n, changes) => {
      if (to === ALARM.status) return ['sensor.alarm-raised'];
      return changes[n - 1]?.to === ALARM.status ? ['sensor.alarm-cleared'] : [];
    });
    const found = told.get(`sensors/${id}`) ?? [];
    if (wanted.join() === found.join()) return [];
    return [`alarms of ${id} came and went ${found.length} times in all, not ${wanted.length}`];
  });
}
