import { cloudEventJson } from '../../kernel/cloud-event.js';
import type { Clock } from '../../kernel/clock.js';
import type { NewEvent, StoredEvent } from '../../kernel/event.js';
import { newUuid } from '../../kernel/ids.js';
import type { RecentEvent, ToldEvent } from './recent-events.js';

/** Characters of a CloudEvent beside its data, about. */
const ENVELOPE_SIZE = 256;

/** An event as the channel gives it: its position is its id. Most are never given to anybody, and so never serialised. */
export function toRecent(event: StoredEvent): RecentEvent {
  return new Recent(event);
}

class Recent implements RecentEvent {
  readonly position: number;
  readonly subject: string;
  readonly size: number;
  #event: StoredEvent | undefined;
  #json = '';

  constructor(event: StoredEvent) {
    this.position = event.position;
    this.subject = event.subject;
    this.size = event.data.length + ENVELOPE_SIZE;
    this.#event = event;
  }

  get json(): string {
    if (this.#event) this.#json = cloudEventJson(String(this.position), this.#event);
    this.#event = undefined;
    return this.#json;
  }
}

/** One that is not stored: its id says which stored one it came after. */
export function toTold(event: NewEvent, after: number, clock: Clock): ToldEvent {
  const id = `${after}-${newUuid(clock.now())}`;
  return { subject: event.subject, json: cloudEventJson(id, event) };
}
