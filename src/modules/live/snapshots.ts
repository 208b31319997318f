import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EventLog } from '../../kernel/event.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import { topicsOf, type TopicName } from './topic-name.js';

/** What a topic looked like at a position of the event log. */
export interface Snapshot {
  position: number;
  /** JSON text. */
  json: string;
}

export interface SnapshotsDeps {
  clock: Clock;
  events: Pick<EventLog, 'last' | 'settled' | 'read'>;
}

const TRIES = 4;
const MOST_BETWEEN = 1_000;
/** A snapshot over all subjects may be costly; with its position one of a moment ago is as exact as a new one. */
const FRESH_MS = 1_000;

/**
 * Takes snapshots with their positions. Exact where no event of the topic came while it was read, which is tried
 * four times; else it is given the position before the reading: then nothing is missed, and the first events after
 * it may be in it already. Events carry whole objects, so that whoever applies them in turn ends up right.
 */
export function createSnapshots({ clock, events }: SnapshotsDeps) {
  const shared = new Map<string, { snapshot: Promise<Snapshot>; at: number }>();

  function of(name: TopicName, topic: LiveTopic): Promise<Snapshot> {
    const known = shared.get(name.topic);
    if (known && clock.monotonic() - known.at < FRESH_MS) return known.snapshot;
    const snapshot = take(name.topic, loaderOf(name, topic));
    const entry = { snapshot, at: clock.monotonic() };
    shared.set(name.topic, entry);
    const forget = (): void => void (shared.get(name.topic) === entry && shared.delete(name.topic));
    // The many topics of single subjects share only what is being read; the few over all are kept for a moment.
    if (name.key === undefined) snapshot.catch(forget);
    else void snapshot.then(forget, forget);
    return snapshot;
  }

  async function take(topic: string, load: () => Promise<unknown>): Promise<Snapshot> {
    let before = await events.last();
    for (let tries = 1; ; tries++) {
      const json = JSON.stringify(await load());
      const after = await events.settled();
      if (!(await isTouched(topic, before, after))) return { position: after, json };
      if (tries === TRIES) return { position: before, json };
      before = after;
    }
  }

  async function isTouched(topic: string, before: number, after: number): Promise<boolean> {
    if (before === after) return false;
    if (after - before > MOST_BETWEEN) return true;
    const between = await events.read(before, after - before);
    return between.some(({ subject }) => topicsOf(subject).includes(topic));
  }

  return { of };
}

export type Snapshots = ReturnType<typeof createSnapshots>;

function loaderOf({ topic, name, key }: TopicName, { snapshot, snapshotOf }: LiveTopic) {
  return async (): Promise<unknown> => {
    const found = key === undefined ? await snapshot?.() : await snapshotOf?.(key);
    if (found !== undefined) return found;
    throw new AppError(`There is nothing to follow under ${topic}`, {
      code: `${name}.not-found`,
      kind: 'not-found',
    });
  };
}
