import { SeededRandom } from '../support/seeded-random.js';

/** A message of a storm, and what must become of it. */
export interface StormMessage {
  id: string;
  body: string;
  fate: 'logged' | 'duplicate' | 'dead';
}

/** What all messages together come to. */
export interface StormTruth {
  cameIn: number;
  logged: number;
  duplicate: number;
  dead: number;
  /** By the sensor's id. */
  sensors: Map<string, SensorTruth>;
}

export interface SensorTruth {
  /** At its newest time. */
  status: string;
  at: number;
  log: Set<string>;
  /** Each that its status went through, in the order in which they were sent. */
  changes: { to: string; at: number }[];
}

const STATUSES = ['open', 'closed', 'moving', 'idle'];

/** Messages of a storm by a seed: mostly new events, some again, some late, some that are none. */
export function makeStorm(
  sensors: readonly string[],
  { events, seed, now }: { events: number; seed: number; now: number },
): { messages: StormMessage[]; truth: StormTruth } {
  const random = new SeededRandom(seed);
  const truth: StormTruth = { cameIn: events, logged: 0, duplicate: 0, dead: 0, sensors: new Map() };
  const bodies: string[] = [];
  const start = now - events;
  const messages = Array.from({ length: events }, (_, n): StormMessage => {
    const id = `storm-${seed}-${n}`;
    const kind = random.between(0, 99);
    if (kind < 3) {
      truth.dead++;
      return { id, fate: 'dead', body: badBody(sensors[0]!, kind, now) };
    }
    if (kind < 8 && bodies.length > 0) {
      truth.duplicate++;
      return { id, fate: 'duplicate', body: random.pick(bodies) };
    }
    // Each time is one event's alone, so which is the newest is never in doubt.
    const at = kind < 13 ? start - 1 - n : start + n;
    const sensor = random.pick(sensors);
    const status = random.pick(STATUSES);
    const body = JSON.stringify({ sensor_id: sensor, status, at, payload: { n } });
    bodies.push(body);
    truth.logged++;
    note(truth, sensor, status, at);
    return { id, body, fate: 'logged' };
  });
  return { messages, truth };
}

function note({ sensors }: StormTruth, sensor: string, status: string, at: number): void {
  const known = sensors.get(sensor) ?? { status: '', at, log: new Set<string>(), changes: [] };
  known.log.add(`${at} ${status}`);
  sensors.set(sensor, known);
  if (at < known.at) return;
  if (status !== known.status) known.changes.push({ to: status, at });
  Object.assign(known, { status, at });
}

function badBody(sensor: string, kind: number, now: number): string {
  if (kind === 0) return '{"sensor_id":';
  if (kind === 1) return JSON.stringify({ sensor_id: sensor, status: 'open', at: now + 3_600_000 });
  return JSON.stringify({ sensor_id: '01a1fe93-f250-7063-8245-068e34724e2e', status: 'open', at: now });
}
