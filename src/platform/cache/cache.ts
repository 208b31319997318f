import type { PartState } from '../../kernel/part-state.js';

/**
 * Values by key with a time to live, kept over restarts; memory in front is the caller's.
 * A cache that is away is a miss, never an error: `get` and `set` do not reject.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** In the order of the keys. One round trip. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** False when it could not be stored. */
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  state(): PartState;
  start(): Promise<void>;
  stop(): Promise<void>;
}
