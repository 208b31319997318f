import { EVENT_SOURCE, cloudEventJson } from '../../../kernel/cloud-event.js';
import { toRfc3339 } from '../../../kernel/clock.js';
import type { NewEvent } from '../../../kernel/event.js';

/** Standard Webhooks asks for payloads under 20 kB. */
const MOST_BYTES = 20_000;

/**
 * What is sent for an event: a CloudEvent in JSON, under 20 kB. Of one that would be larger the data stays here, and
 * `dataref` (the claim check extension of CloudEvents) says where it is to be had.
 */
export function messageBody(eventId: string, event: NewEvent): string {
  const whole = cloudEventJson(eventId, event);
  return Buffer.byteLength(whole) < MOST_BYTES ? whole : withReference(eventId, event);
}

function withReference(id: string, { type, subject, time }: NewEvent): string {
  const dataref = `/api/v1/${subject}`;
  const head = {
    specversion: '1.0',
    id,
    source: EVENT_SOURCE,
    type,
    time: toRfc3339(time),
    subject,
    dataref,
  };
  return JSON.stringify(head);
}
