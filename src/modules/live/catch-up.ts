import type { Clock } from '../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import { toRecent, toTold } from './live-event.js';
import type { Hub, Subscription } from './hub.js';
import type { LiveMeter } from './live-socket.js';
import type { RecentEvent, RecentEvents } from './recent-events.js';
import { topicsOf } from './topic-name.js';

export interface CatchUpDeps {
  clock: Clock;
  events: Pick<EventLog, 'read'>;
  recent: RecentEvents;
  hub: Hub;
  meter: LiveMeter;
}

/** Events that are given before the reader is waited for. */
const PORTION = 100;
const TABLE_BATCH = 1_000;
/** Far below what a reader is cut off at: a replay waits for its reader. */
const MOST_WAITING_BYTES = 128 * 1024;

/**
 * Gives a subscription what came after its position, at the pace of its reader, and joins it to the hub in the turn
 * in which nothing is missing, with the newest of what is not stored. Resolves then, or when it is over.
 */
export async function catchUp(
  deps: CatchUpDeps,
  subscription: Subscription,
  newestTold: () => readonly NewEvent[],
): Promise<void> {
  const { recent, hub } = deps;
  while (!subscription.isOver) {
    const portion = recent.reachesBackTo(subscription.seen)
      ? recent.after(subscription.topic, subscription.seen, PORTION)
      : await fromTable(deps, subscription);
    if (subscription.isOver) return;
    if (portion) {
      give(deps, subscription, portion);
      if (portion.length < PORTION) {
        subscription.seen = Math.max(subscription.seen, recent.head);
        hub.join(subscription);
        return giveTold(deps, subscription, newestTold());
      }
    }
    if (subscription.socket.waitingBytes > MOST_WAITING_BYTES) await subscription.socket.drained();
  }
}

/** Gives what one reading brings; undefined, as there may be more. */
async function fromTable(deps: CatchUpDeps, subscription: Subscription): Promise<undefined> {
  const batch = await deps.events.read(subscription.seen, TABLE_BATCH);
  if (subscription.isOver) return;
  const own = batch.filter(({ subject }) => topicsOf(subject).includes(subscription.topic));
  give(deps, subscription, own.map(toRecent));
  // What was removed meanwhile cannot be given; the memory goes on from where it begins.
  subscription.seen = batch.at(-1)?.position ?? deps.recent.head;
}

function giveTold(
  { hub, meter, clock }: CatchUpDeps,
  subscription: Subscription,
  events: readonly NewEvent[],
): void {
  if (events.length === 0) return;
  const told = events.map((event) => toTold(event, subscription.seen, clock));
  subscription.socket.send(hub.framesOf(subscription.topic, told));
  meter.eventsSent(told.length);
}

function give({ hub, meter }: CatchUpDeps, subscription: Subscription, events: readonly RecentEvent[]): void {
  if (events.length === 0) return;
  subscription.socket.send(hub.framesOf(subscription.topic, events));
  subscription.seen = events.at(-1)!.position;
  meter.eventsSent(events.length);
}
