import type { StoredEvent } from '../../../kernel/event.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import { clientOf, fits } from '../endpoints/event-filter.js';
import { matchesType } from '../endpoints/event-pattern.js';

/** Which endpoints are told of which events. */
export class EventMatcher {
  readonly #byType = new Map<string, readonly Endpoint[]>();

  constructor(readonly endpoints: readonly Endpoint[]) {}

  /** The endpoints that an event goes to. */
  of(event: StoredEvent): readonly Endpoint[] {
    const interested = this.#interestedIn(event.type);
    if (interested.length === 0) return interested;
    const data = parsed(event.data);
    return interested.filter(
      ({ clientId, filter, sincePosition }) =>
        event.position > sincePosition &&
        (clientId === null || clientOf(data) === clientId) &&
        fits(filter, { subject: event.subject, data }),
    );
  }

  #interestedIn(type: string): readonly Endpoint[] {
    const known = this.#byType.get(type);
    if (known) return known;
    const found = this.endpoints.filter(({ eventTypes }) => matchesType(eventTypes, type));
    this.#byType.set(type, found);
    return found;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
