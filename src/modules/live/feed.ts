import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { EventLog, NewEvent, StoredEvent } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import type { Hub } from './hub.js';
import { toRecent, toTold } from './live-event.js';
import type { RecentEvent, RecentEvents } from './recent-events.js';

/** Looks by itself this often, in case a nudge was lost. */
const POLL_MS = 1_000;
const BATCH = 500;
/** Subjects with an event that is not stored and waits for its turn; more are left out, oldest first. */
const MOST_TOLD = 5_000;

export interface FeedDeps {
  clock: Clock;
  log: Logger;
  events: EventLog;
  recent: RecentEvents;
  hub: Hub;
  /** How many of the newest events are read at the start, for who resumes after it. */
  prefill: number;
  onStored: (event: StoredEvent) => void;
}

interface Told {
  event: NewEvent;
  isPassing: boolean;
}

/** Reads the event log from its own position, and has each event delivered before the next ones are read. */
export function createFeed({ clock, log, events, recent, hub, prefill, onStored }: FeedDeps) {
  /** The newest of each subject. */
  let told = new Map<string, Told>();
  let busy: Promise<void> | undefined;
  let again = false;
  let active = false;
  let isFailing = false;
  let delivered = 0;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;

  async function readOn(deliver: boolean): Promise<void> {
    for (;;) {
      // Taken before the reading: what is told belongs after the changes that came before it.
      const tellNow = told;
      told = new Map();
      let fresh: readonly RecentEvent[] = [];
      try {
        fresh = await readStored(deliver);
      } finally {
        await tellAll(tellNow, fresh);
      }
      if (fresh.length < BATCH) return;
    }
  }

  async function readStored(deliver: boolean): Promise<readonly RecentEvent[]> {
    const batch = await events.read(recent.head, BATCH);
    const fresh = batch.map(toRecent);
    for (const event of fresh) recent.add(event);
    for (const event of batch) onStored(event);
    if (deliver) await hub.deliver(fresh);
    delivered = recent.head;
    return fresh;
  }

  async function tellAll(all: ReadonlyMap<string, Told>, stored: readonly RecentEvent[]): Promise<void> {
    const moved = new Set(stored.map(({ subject }) => subject));
    for (const { event, isPassing } of all.values()) {
      if (isPassing && moved.has(event.subject)) continue;
      await hub.tell(toTold(event, delivered, clock));
    }
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      try {
        await readOn(true);
        isFailing = false;
      } catch (error) {
        if (!isFailing) log.warn({ error: messageOf(error) }, 'events cannot be read for the live channel');
        isFailing = true;
      }
    } while (again && active && !isFailing);
    busy = undefined;
  }

  function wake(): void {
    if (!active) return;
    again = true;
    busy ??= drain();
  }

  function poll(): void {
    timer = clock.after(POLL_MS, () => {
      wake();
      poll();
    });
  }

  return {
    async start(): Promise<void> {
      if (active) return;
      recent.restart(Math.max(0, (await events.last()) - prefill));
      await readOn(false);
      active = true;
      unsubscribe = events.onAppended(wake);
      poll();
      wake();
    },
    /**
     * Delivers what is not stored, after all that was stored before; of each subject the newest of its type is enough.
     * `isPassing`: a stored change of the subject leaves nothing to say of it.
     */
    tell(event: NewEvent, isPassing = false): void {
      if (!active || !hub.hears(event.subject)) return;
      const key = `${event.type} ${event.subject}`;
      told.delete(key);
      told.set(key, { event, isPassing });
      if (told.size > MOST_TOLD) told.delete(told.keys().next().value!);
      wake();
    },
    /** After a last look: who waits for what just ended is told. */
    async stop(): Promise<void> {
      timer?.cancel();
      unsubscribe?.();
      wake();
      await busy;
      active = false;
    },
  };
}

export type Feed = ReturnType<typeof createFeed>;
