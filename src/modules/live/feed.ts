import { cloudEventJson } from '../../kernel/cloud-event.js';
import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { EventLog, NewEvent, StoredEvent } from '../../kernel/event.js';
import { newUuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Hub } from './hub.js';
import type { RecentEvent, RecentEvents } from './recent-events.js';

/** Looks by itself this often, in case a nudge was lost. */
const POLL_MS = 1_000;
const BATCH = 500;
/** Events that are not stored, waiting for their turn; more are left out, oldest first. */
const MOST_TOLD = 1_000;

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

/** Reads the event log from its own position, and has each event delivered before the next ones are read. */
export function createFeed({ clock, log, events, recent, hub, prefill, onStored }: FeedDeps) {
  let told: NewEvent[] = [];
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
      told = [];
      const batch = await events.read(recent.head, BATCH);
      const fresh = batch.map(toRecent);
      for (const event of fresh) recent.add(event);
      for (const event of batch) onStored(event);
      if (deliver) await hub.deliver(fresh);
      delivered = recent.head;
      const moved = new Set(fresh.map(({ subject }) => subject));
      for (const event of tellNow) if (!moved.has(event.subject)) await hub.tell(toTold(event));
      if (batch.length < BATCH) return;
    }
  }

  function toTold(event: NewEvent): Omit<RecentEvent, 'position'> {
    const id = `${delivered}-${newUuid(clock.now())}`;
    return { subject: event.subject, json: cloudEventJson(id, event) };
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
    /** Delivers what is not stored, after all that was stored before. */
    tell(event: NewEvent): void {
      if (!active || !hub.hears(event.subject)) return;
      told.push(event);
      if (told.length > MOST_TOLD) told.shift();
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

export function toRecent(event: StoredEvent): RecentEvent {
  const { position, subject } = event;
  return { position, subject, json: cloudEventJson(String(position), event) };
}
