import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../kernel/clock.js';
import type { PackedShards, Shards } from '../scan/shards.js';
import { joinShards, packedShard, unpackShard } from '../scan/shards.js';
import type { EarlierPass, Extent } from './grown-file.js';
import { KeptPasses } from './kept-pass.js';
import type { PassMark, PassStore } from './kept-pass.js';
import { findFew, findPhones, shardsOf } from './pass-view.js';
import type { Found } from './pass-view.js';
import { Turns } from './turns.js';

export interface PassCacheOptions {
  store: PassStore;
  clock: Clock;
  /** How long a pass is answered from. */
  ttlMs: number;
  /** Bytes of shards, packed and unpacked, in memory. */
  memoryBytes: number;
  /** Passes known in memory; the one asked for longest ago goes first. */
  maxPasses: number;
}

/** What a pass gave, to be taken into the cache. */
export interface TakenPass {
  shards: Shards;
  skipped: number;
  extent: Extent | null;
  /** The earlier pass that it was built on, which is forgotten now. */
  earlier?: EarlierPass | undefined;
}

export interface CachedAnswer extends Found {
  skipped: number;
}

/** A shard weighs this at least, so that empty ones are counted too. */
const LEAST_WEIGHT = 64;
const UNPACKED_PER_TURN = 8;

/** Passes by key: unpacked shards in memory, packed passes behind them, the store behind those. */
export class PassCache {
  readonly #kept: KeptPasses;
  readonly #options: PassCacheOptions;
  readonly #marks: LRUCache<string, PassMark>;
  readonly #unpacked: LRUCache<string, Float64Array>;
  readonly #packed: LRUCache<string, Shards>;
  /** Loads of one pass from the store run one after the other: those behind the first find it done. */
  readonly #loading = new Map<string, Promise<unknown>>();
  /** Held while it is being stored, whatever its size. */
  #storing: { key: string; group: string; shards: Shards } | undefined;
  /** The last pass of each group. */
  readonly #latest: LRUCache<string, string>;

  constructor(options: PassCacheOptions) {
    this.#options = options;
    this.#kept = new KeptPasses(options.store, options.clock);
    this.#marks = new LRUCache({ max: options.maxPasses });
    this.#latest = new LRUCache({ max: options.maxPasses });
    const maxSize = Math.max(1, Math.floor(options.memoryBytes / 2));
    this.#unpacked = new LRUCache({ maxSize, sizeCalculation: (rows) => rows.byteLength + LEAST_WEIGHT });
    this.#packed = new LRUCache({
      maxSize,
      sizeCalculation: (shards) => weightOf(shards),
    });
  }

  /** Bytes of shards in memory. */
  get memoryUsed(): number {
    return this.#unpacked.calculatedSize + this.#packed.calculatedSize;
  }

  /** Whether memory knows of a complete pass that has not expired. */
  knows(key: string): boolean {
    return this.#mark(key) !== undefined;
  }

  /** Undefined where the pass is not there, or not all of it any more. */
  async find(key: string, phones: readonly number[]): Promise<CachedAnswer | undefined> {
    const mark = this.#mark(key);
    const rows = mark && this.#rowsInMemory(key, shardsOf(phones, mark.shards));
    if (mark && rows) return { ...(await findPhones(phones, rows, mark.shards)), skipped: mark.skipped };
    return this.#afterOthers(key, () => this.#load(key, phones));
  }

  /** For a few phones: undefined unless all that they need is unpacked in memory. */
  inMemory(key: string, phones: readonly number[]): CachedAnswer | undefined {
    const mark = this.#mark(key);
    const rows = mark && this.#rowsInMemory(key, shardsOf(phones, mark.shards));
    return rows && { ...findFew(phones, rows, mark.shards), skipped: mark.skipped };
  }

  /**
   * Takes a pass into memory; it can be found at once. A group are the passes of one kind over states of the file,
   * of which a later may build on an earlier one.
   */
  take(key: string, group: string, { shards, skipped, extent, earlier }: TakenPass): void {
    const fresh = this.#options.clock.now() + this.#options.ttlMs;
    const expiresAt = Math.min(fresh, earlier?.expiresAt ?? Infinity);
    if (earlier) this.#forget(earlier.key);
    this.#marks.set(key, { shards: shards.count, phones: shards.phones, skipped, expiresAt, extent });
    this.#packed.set(key, shards);
    this.#latest.set(group, key);
    this.#storing = { key, group, shards };
  }

  /** The last pass of the group, where another may build on it. */
  async earlier(group: string): Promise<EarlierPass | undefined> {
    const key = this.#latest.get(group) ?? (await this.#kept.latest(group));
    const mark = key && (this.#mark(key) ?? (await this.#kept.mark(key)));
    if (!mark || !mark.extent) return undefined;
    const { extent, skipped, expiresAt } = mark;
    return { key, extent, skipped, expiresAt, parts: () => this.#parts(key, mark) };
  }

  /** Stores the pass taken last; resolves when that is done or has failed. */
  async store(): Promise<void> {
    const storing = this.#storing;
    const mark = storing && this.#mark(storing.key);
    if (storing && mark) await this.#kept.keep(storing.key, storing.group, storing.shards, mark);
    if (this.#storing === storing) this.#storing = undefined;
  }

  /** Forgets, in memory, every pass whose key does not begin so. */
  keepOnly(prefix: string): void {
    for (const memory of [this.#marks, this.#packed, this.#unpacked]) {
      for (const key of [...memory.keys()]) if (!key.startsWith(prefix)) memory.delete(key);
    }
  }

  #forget(key: string): void {
    this.#marks.delete(key);
    this.#packed.delete(key);
    for (const shard of [...this.#unpacked.keys()])
      if (shard.startsWith(`${key}/`)) this.#unpacked.delete(shard);
  }

  async #parts(key: string, mark: PassMark): Promise<readonly PackedShards[] | undefined> {
    const packed = this.#packed.get(key);
    if (packed) return packed.parts;
    const shards: Uint8Array[] = [];
    for await (const [, shard] of this.#kept.shards(key, [...Array(mark.shards).keys()])) {
      if (!shard || !tryUnpack(shard)) return undefined;
      shards.push(shard);
    }
    return [joinShards(shards)];
  }

  #mark(key: string): PassMark | undefined {
    const mark = this.#marks.get(key);
    if (mark && mark.expiresAt > this.#options.clock.now()) return mark;
    this.#marks.delete(key);
    return undefined;
  }

  /** Undefined unless every shard is unpacked in memory. */
  #rowsInMemory(key: string, numbers: readonly number[]): Map<number, Float64Array> | undefined {
    const rows = new Map<number, Float64Array>();
    for (const number of numbers) {
      const unpacked = this.#unpacked.get(`${key}/${number}`);
      if (!unpacked) return undefined;
      rows.set(number, unpacked);
    }
    return rows;
  }

  async #afterOthers<T>(key: string, load: () => Promise<T>): Promise<T> {
    const before = this.#loading.get(key) ?? Promise.resolve();
    const own = before.then(load, load);
    this.#loading.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#loading.get(key) === own) this.#loading.delete(key);
    }
  }

  async #load(key: string, phones: readonly number[]): Promise<CachedAnswer | undefined> {
    const mark = this.#mark(key) ?? (await this.#kept.mark(key));
    if (!mark) return undefined;
    const rows = await this.#unpackAll(key, shardsOf(phones, mark.shards));
    if (!rows) {
      this.#marks.delete(key);
      return undefined;
    }
    this.#marks.set(key, mark);
    return { ...(await findPhones(phones, rows, mark.shards)), skipped: mark.skipped };
  }

  async #unpackAll(key: string, numbers: readonly number[]): Promise<Map<number, Float64Array> | undefined> {
    const rows = new Map<number, Float64Array>();
    const turns = new Turns(UNPACKED_PER_TURN);
    for await (const [number, shard] of this.#shards(key, numbers)) {
      const unpacked = shard instanceof Float64Array ? shard : tryUnpack(shard);
      if (!unpacked) return undefined;
      rows.set(number, unpacked);
      if (unpacked !== shard) this.#unpacked.set(`${key}/${number}`, unpacked);
      await turns.step();
    }
    return rows;
  }

  /** Each shard from the nearest place that has it. */
  async *#shards(
    key: string,
    numbers: readonly number[],
  ): AsyncGenerator<[number, Float64Array | Uint8Array | undefined]> {
    const packed = this.#storing?.key === key ? this.#storing.shards : this.#packed.get(key);
    const absent: number[] = [];
    for (const number of numbers) {
      const near = this.#unpacked.get(`${key}/${number}`) ?? (packed && packedShard(packed, number));
      if (near) yield [number, near];
      else absent.push(number);
    }
    yield* this.#kept.shards(key, absent);
  }
}

function weightOf({ parts }: Shards): number {
  return parts.reduce((sum, { bytes }) => sum + bytes.byteLength, LEAST_WEIGHT);
}

function tryUnpack(packed: Uint8Array | undefined): Float64Array | undefined {
  try {
    return packed && unpackShard(packed);
  } catch {
    return undefined;
  }
}
