import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../kernel/clock.js';
import { isUuid } from '../../../kernel/ids.js';

/** What has to be known of a sensor before its events are taken. */
export interface KnownSensor {
  id: string;
  clientId: string;
  enabled: boolean;
}

/** Those of the ids that there are, deleted ones left out; at most 1,000 ids. */
export type FindSensors = (ids: readonly string[]) => Promise<KnownSensor[]>;

export interface KnownSensorsOptions {
  find: FindSensors;
  clock: Clock;
  /** Sensors that are remembered; those not asked for longest go first. */
  most: number;
}

const SLICE = 1_000;

/**
 * Sensors that events came from lately, so that a batch is judged without asking the database. Only sensors that exist are
 * remembered: a new one is found by its first event. Whoever changes or deletes one has all replicas forget; `check`
 * finds what such a word that was lost has left behind.
 */
export class KnownSensors {
  readonly #byId: LRUCache<string, KnownSensor>;
  #changes = 0;

  constructor(private readonly options: KnownSensorsOptions) {
    this.#byId = new LRUCache({ max: options.most });
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The sensors there are among the ids. */
  async lookUp(ids: Iterable<string>): Promise<ReadonlyMap<string, KnownSensor>> {
    const found = new Map<string, KnownSensor>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const known = this.#byId.get(id);
      if (known) found.set(id, known);
      // No sensor has any other, and PostgreSQL does not take every text.
      else if (isUuid(id)) missing.push(id);
    }
    for (let at = 0; at < missing.length; at += SLICE) {
      for (const sensor of await this.#read(missing.slice(at, at + SLICE))) found.set(sensor.id, sensor);
    }
    return found;
  }

  /** Some sensor was changed: what is remembered is read anew. */
  forgetAll(): void {
    this.#changes++;
    this.#byId.clear();
  }

  /** Compares what is remembered with the database, mends what differs, and returns how many did. */
  async check(): Promise<{ compared: number; differences: number }> {
    const ids = [...this.#byId.keys()];
    let differences = 0;
    for (let at = 0; at < ids.length; at += SLICE) {
      differences += await this.#checkSlice(ids.slice(at, at + SLICE));
    }
    return { compared: ids.length, differences };
  }

  async #read(ids: readonly string[]): Promise<KnownSensor[]> {
    const changes = this.#changes;
    const found = await this.options.find(ids);
    // What was read before a change is good for now, and not for later.
    if (changes === this.#changes) for (const sensor of found) this.#byId.set(sensor.id, sensor);
    return found;
  }

  async #checkSlice(ids: readonly string[]): Promise<number> {
    const truth = new Map((await this.options.find(ids)).map((sensor) => [sensor.id, sensor]));
    let differences = 0;
    for (const id of ids) {
      const remembered = this.#byId.peek(id);
      const now = truth.get(id);
      if (!remembered || (now && isSame(remembered, now))) continue;
      differences++;
      if (now) this.#byId.set(id, now);
      else this.#byId.delete(id);
    }
    return differences;
  }
}

function isSame(one: KnownSensor, other: KnownSensor): boolean {
  return one.clientId === other.clientId && one.enabled === other.enabled;
}
