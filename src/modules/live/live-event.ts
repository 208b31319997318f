import { cloudEventJson } from '../../kernel/cloud-event.js';
import type { Clock } from '../../kernel/clock.js';
import type { NewEvent, StoredEvent } from '../../kernel/event.js';
import { newUuid } from '../../kernel/ids.js';
import type { RecentEvent } from './recent-events.js';

/** An event as the channel gives it: its position is its id. */
export function toRecent(event: StoredEvent): RecentEvent {
  const { position, subject } = event;
  return { position, subject, json: cloudEventJson(String(position), event) };
}

/** One that is not stored: its id says which stored one it came after. */
export function toTold(event: NewEvent, after: number, clock: Clock): Omit<RecentEvent, 'position'> {
  const id = `${after}-${newUuid(clock.now())}`;
  return { subject: event.subject, json: cloudEventJson(id, event) };
}
