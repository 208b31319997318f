import { randomUUID } from 'node:crypto';
import { systemClock as clock } from '../kernel/clock.js';
import { pauseMs } from './retry.js';
import { createRandom } from './storm-random.js';

/** What a storm is made of: shares of 1,000. */
export interface StormShape {
  /** Ids of the sensors. */
  sensors: readonly string[];
  /** Events a second. */
  rate: number;
  seconds: number;
  duplicates: number;
  late: number;
  /** No events at all, of unknown sensors, or of the future. */
  bad: number;
  seed: number;
}

export interface StormMessage {
  id: string;
  body: string;
}

const STATUSES = ['open', 'closed', 'moving', 'idle'];
const TURN_MS = 50;
const MINUTE_MS = 60_000;

/** Makes the messages of a storm as time goes, and hands them over in lots. Returns how many there were. */
export async function runStorm(
  shape: StormShape,
  send: (messages: readonly StormMessage[]) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const next = stormMessages(shape);
  const startedAt = clock.monotonic();
  const all = Math.round(shape.rate * shape.seconds);
  let made = 0;
  while (made < all && !signal.aborted) {
    const due = Math.min(all, Math.ceil(((clock.monotonic() - startedAt + TURN_MS) / 1_000) * shape.rate));
    const lot = Array.from({ length: due - made }, next);
    made = due;
    if (lot.length > 0) await send(lot);
    const aheadMs = (made / shape.rate) * 1_000 - (clock.monotonic() - startedAt);
    await pauseMs(Math.max(0, Math.min(TURN_MS, aheadMs)), signal);
  }
  return made;
}

/** A maker of messages: the same for the same seed, but for ids and times. */
export function stormMessages({ sensors, duplicates, late, bad, seed }: StormShape): () => StormMessage {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let before: string | undefined;
  let lastAt = 0;
  return () => {
    const kind = random() * 1_000;
    const id = randomUUID();
    if (kind < duplicates && before !== undefined) return { id, body: before };
    if (kind < duplicates + bad) return { id, body: badBody(pick(sensors), random) };
    lastAt = Math.max(clock.now(), lastAt);
    const isLate = kind < duplicates + bad + late;
    const at = isLate ? lastAt - Math.ceil(random() * MINUTE_MS) : lastAt;
    const body = { sensor_id: pick(sensors), status: pick(STATUSES), at, payload: { n: random() } };
    before = JSON.stringify(body);
    return { id, body: before };
  };
}

function badBody(sensorId: string, random: () => number): string {
  const at = clock.now();
  const kinds = [
    'no json',
    JSON.stringify({ sensor_id: sensorId, status: 'two words', at }),
    JSON.stringify({ sensor_id: randomUUID(), status: 'open', at }),
    JSON.stringify({ sensor_id: sensorId, status: 'open', at: at + 60 * MINUTE_MS }),
  ];
  return kinds[Math.floor(random() * kinds.length)]!;
}
