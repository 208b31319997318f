import type { Clock } from '../../../kernel/clock.js';
import { packedShard } from '../scan/shards.js';
import type { Shards } from '../scan/shards.js';
import type { Extent } from './grown-file.js';
import { Turns } from './turns.js';

/** Where passes are kept over a restart: what of the cache port is needed. A store that is away is a miss. */
export interface PassStore {
  get(key: string): Promise<string | undefined>;
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
}

/** Says that all shards of a pass are stored. */
export interface PassMark {
  shards: number;
  phones: number;
  skipped: number;
  /** Epoch ms. */
  expiresAt: number;
  /** What a pass over a file that has only grown may build on. */
  extent: Extent | null;
}

/** Shards outlive their mark, so that a mark never stands for shards that are gone. */
const SHARD_GRACE_MS = 60_000;
const SHARDS_AT_ONCE = 16;

/** One pass in the store: packed shards, and the mark, written last. */
export class KeptPasses {
  readonly #store: PassStore;
  readonly #clock: Clock;

  constructor(store: PassStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Undefined where there is none, or none that is complete. */
  async mark(key: string): Promise<PassMark | undefined> {
    const text = await this.#store.get(markKey(key));
    const mark = text === undefined ? undefined : parseMark(text);
    return mark && mark.expiresAt > this.#clock.now() ? mark : undefined;
  }

  /** The packed shards of these numbers, in their order; undefined where one is missing. */
  async *shards(key: string, numbers: readonly number[]): AsyncGenerator<[number, Uint8Array | undefined]> {
    for (let from = 0; from < numbers.length; from += SHARDS_AT_ONCE) {
      const some = numbers.slice(from, from + SHARDS_AT_ONCE);
      const texts = await this.#store.getMany(some.map((number) => shardKey(key, number)));
      for (const [index, number] of some.entries()) {
        const text = texts[index];
        yield [number, text === undefined ? undefined : Buffer.from(text, 'base64')];
      }
    }
  }

  /** The key of the pass stored last for a group. */
  latest(group: string): Promise<string | undefined> {
    return this.#store.get(latestKey(group));
  }

  /** False where not everything could be stored; then there is no mark either. */
  async keep(key: string, group: string, shards: Shards, mark: PassMark): Promise<boolean> {
    const ttlMs = mark.expiresAt - this.#clock.now();
    const turns = new Turns(SHARDS_AT_ONCE);
    for (let number = 0; number < shards.count; number++) {
      const value = Buffer.from(packedShard(shards, number)).toString('base64');
      if (!(await this.#store.set(shardKey(key, number), value, ttlMs + SHARD_GRACE_MS))) return false;
      await turns.step();
    }
    const marked = await this.#store.set(markKey(key), JSON.stringify(mark), ttlMs);
    return marked && this.#store.set(latestKey(group), key, ttlMs);
  }
}

function markKey(key: string): string {
  return `${key}/mark`;
}

function latestKey(group: string): string {
  return `${group}/latest`;
}

function shardKey(key: string, number: number): string {
  return `${key}/${number}`;
}

/** Undefined for a text that is not what `keep` wrote. */
function parseMark(text: string): PassMark | undefined {
  try {
    const mark = JSON.parse(text) as PassMark;
    const isMark = Number.isSafeInteger(mark.shards) && mark.shards > 0 && Number.isFinite(mark.expiresAt);
    return isMark ? { ...mark, extent: mark.extent ?? null } : undefined;
  } catch {
    return undefined;
  }
}
