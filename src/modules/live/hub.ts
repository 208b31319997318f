import type { Clock } from '../../kernel/clock.js';
import { inSlices } from '../../kernel/slices.js';
import type { LiveMeter, LiveSocket, MakeFrame } from './live-socket.js';
import type { RecentEvent, ToldEvent } from './recent-events.js';
import { eventFrame } from './server-frames.js';
import { topicsOf } from './topic-name.js';

/** One topic of one connection. */
export interface Subscription {
  readonly topic: string;
  readonly socket: LiveSocket;
  /** The position up to which it has been given everything. */
  seen: number;
  /** Unsubscribed, or its connection is gone. */
  isOver: boolean;
}

export interface HubDeps {
  clock: Clock;
  meter: LiveMeter;
  frame: MakeFrame;
}

/** Frames of a topic that follow each other, joined, with the positions of the first and the last. */
interface Bundle {
  events: RecentEvent[];
  frames: Buffer;
}

/** Who hears what. A bundle is made once a topic, and written as one piece to each of its subscribers. */
export function createHub({ clock, meter, frame }: HubDeps) {
  const topics = new Map<string, Set<Subscription>>();
  let size = 0;

  function join(subscription: Subscription): void {
    const subscribers = topics.get(subscription.topic) ?? new Set();
    topics.set(subscription.topic, subscribers.add(subscription));
    size++;
  }

  function leave(subscription: Subscription): void {
    subscription.isOver = true;
    const subscribers = topics.get(subscription.topic);
    if (!subscribers?.delete(subscription)) return;
    size--;
    if (subscribers.size === 0) topics.delete(subscription.topic);
  }

  function framesOf(topic: string, events: readonly Pick<RecentEvent, 'json'>[]): Buffer {
    const frames = events.map(({ json }) => frame(eventFrame(topic, json)));
    return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  }

  function give(subscription: Subscription, { events, frames }: Bundle): void {
    if (subscription.seen < events[0]!.position) {
      subscription.socket.send(frames);
      meter.eventsSent(events.length);
    } else {
      giveLater(subscription, events);
    }
    subscription.seen = Math.max(subscription.seen, events.at(-1)!.position);
  }

  /** Who came while this was on its way has been given a part already. */
  function giveLater(subscription: Subscription, events: readonly RecentEvent[]): void {
    const later = events.filter(({ position }) => position > subscription.seen);
    if (later.length === 0) return;
    subscription.socket.send(framesOf(subscription.topic, later));
    meter.eventsSent(later.length);
  }

  return {
    join,
    leave,
    framesOf,
    /** Subscriptions that are up to date. */
    size: () => size,
    hears: (subject: string): boolean => topicsOf(subject).some((topic) => topics.has(topic)),

    /** Gives events, oldest first, to all who subscribed to their topics; resolves when all have been written. */
    async deliver(events: readonly RecentEvent[]): Promise<void> {
      for (const [topic, own] of heardTopics(events, topics)) {
        const subscribers = topics.get(topic);
        if (!subscribers) continue;
        const bundle = { events: own, frames: framesOf(topic, own) };
        await inSlices(clock, subscribers, (subscription) => give(subscription, bundle));
      }
    },

    /** Gives what is not stored to who is up to date; it moves no position. */
    async tell(event: ToldEvent): Promise<void> {
      for (const topic of topicsOf(event.subject)) {
        const subscribers = topics.get(topic);
        if (!subscribers) continue;
        const frames = frame(eventFrame(topic, event.json));
        await inSlices(clock, subscribers, ({ socket }) => socket.send(frames));
        meter.eventsSent(subscribers.size);
      }
    },
  };
}

export type Hub = ReturnType<typeof createHub>;

/** The events of each topic that somebody hears. */
function heardTopics(
  events: readonly RecentEvent[],
  topics: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, RecentEvent[]> {
  const heard = new Map<string, RecentEvent[]>();
  if (topics.size === 0) return heard;
  for (const event of events) {
    for (const topic of topicsOf(event.subject)) {
      if (!topics.has(topic)) continue;
      const own = heard.get(topic);
      if (own) own.push(event);
      else heard.set(topic, [event]);
    }
  }
  return heard;
}
