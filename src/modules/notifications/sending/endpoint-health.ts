import type { Uuid } from '../../../kernel/ids.js';
import type { EndpointHealth } from '../endpoints/endpoint.js';

/** A change for the better or worse is written at once, else the last times no more often than this. */
const WRITE_EVERY_MS = 5_000;

const UNKNOWN: EndpointHealth = {
  failingSince: null,
  lastSuccessAt: null,
  lastFailureAt: null,
  lastError: null,
};

/** How endpoints have been answering, as the sender knows it. */
export class HealthBook {
  readonly #known = new Map<Uuid, { health: EndpointHealth; writtenAt: number }>();

  knows(id: Uuid): boolean {
    return this.#known.has(id);
  }

  /** What was stored. */
  put(id: Uuid, health: EndpointHealth = UNKNOWN): void {
    this.#known.set(id, { health, writtenAt: -Infinity });
  }

  forget(id: Uuid): void {
    this.#known.delete(id);
  }

  get(id: Uuid): EndpointHealth {
    return this.#known.get(id)?.health ?? UNKNOWN;
  }

  /** Notes an attempt that ended at `at` (epoch ms); the health to be written, where it is time to. */
  note(id: Uuid, at: number, error: string | null): EndpointHealth | undefined {
    const before = this.#known.get(id) ?? { health: UNKNOWN, writtenAt: -Infinity };
    const { failingSince } = before.health;
    const health: EndpointHealth =
      error === null
        ? { ...before.health, failingSince: null, lastSuccessAt: at }
        : { ...before.health, failingSince: failingSince ?? at, lastFailureAt: at, lastError: error };
    const hasTurned = (failingSince === null) !== (health.failingSince === null);
    const saysOther = health.lastError !== before.health.lastError;
    const isDue = hasTurned || saysOther || at - before.writtenAt >= WRITE_EVERY_MS;
    this.#known.set(id, { health, writtenAt: isDue ? at : before.writtenAt });
    return isDue ? health : undefined;
  }
}
