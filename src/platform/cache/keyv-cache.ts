import type { Keyv } from 'keyv';
import type { Clock } from '../../kernel/clock.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Cache } from './cache.js';
import type { GuardedCalls } from './guarded-calls.js';
import { stamped, unstamped } from './stamped-value.js';

/** What differs from store to store. */
export interface KeyvStoreLife {
  /** Opens the store; a failure leaves a cache that misses. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** After each value that was stored. */
  onStored?(bytes: number): void;
  /** Whether the store drops values by their time to live itself. */
  expires: boolean;
}

/** Text goes to the store as it is; the expiry in front of it is ours, by the injected clock. */
export const KEYV_OPTIONS = {
  namespace: 'switchyard',
  useKeyPrefix: false,
  throwOnErrors: true,
  serialize: ({ value }: { value?: unknown }): string => String(value),
  deserialize: <Value>(text: string): { value: Value } => ({ value: text as Value }),
};

/** Opening may have a damaged or overfull file to put right first. */
const OPEN_TIMEOUT_MS = 30_000;

/** The cache port over a Keyv. */
export class KeyvCache implements Cache {
  readonly #keyv: () => Keyv;
  readonly #life: KeyvStoreLife;
  readonly #clock: Clock;
  readonly #calls: GuardedCalls;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(keyv: () => Keyv, life: KeyvStoreLife, clock: Clock, calls: GuardedCalls) {
    this.#keyv = keyv;
    this.#life = life;
    this.#clock = clock;
    this.#calls = calls;
  }

  async get(key: string): Promise<string | undefined> {
    const text = await this.#call(() => this.#keyv().get<string>(key), undefined);
    return unstamped(text, this.#clock.now());
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    if (keys.length === 0) return [];
    const texts = await this.#call(() => this.#keyv().getMany<string>([...keys]), []);
    const now = this.#clock.now();
    return keys.map((_, index) => unstamped(texts[index] ?? undefined, now));
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (ttlMs <= 0) return false;
    const text = stamped(value, this.#clock.now() + ttlMs);
    const ttl = this.#life.expires ? Math.ceil(ttlMs) : undefined;
    const isStored = await this.#call(() => this.#keyv().set(key, text, ttl), false);
    if (isStored) this.#life.onStored?.(key.length + text.length);
    return isStored;
  }

  async delete(key: string): Promise<void> {
    await this.#call(() => this.#keyv().delete(key), false);
  }

  state(): PartState {
    return this.#calls.state;
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#calls.call(() => this.#life.open(), undefined, OPEN_TIMEOUT_MS));
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    await this.#starting;
    await this.#calls.call(() => this.#life.close(), undefined);
    this.#calls.stopped();
  }

  async #call<T>(work: () => Promise<T>, instead: T): Promise<T> {
    return this.#starting && !this.#stopping ? this.#calls.call(work, instead) : instead;
  }
}
