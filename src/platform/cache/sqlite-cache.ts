import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyvSqlite } from '@keyv/sqlite';
import { Keyv } from 'keyv';
import type { Clock, Timer } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Cache } from './cache.js';
import { GuardedCalls } from './guarded-calls.js';
import { KEYV_OPTIONS, KeyvCache } from './keyv-cache.js';
import type { KeyvStoreLife } from './keyv-cache.js';
import { prepareTable, tidy } from './sqlite-upkeep.js';

export interface SqliteCacheOptions {
  /** A file of its own; its folder is made. One that is damaged is begun anew. */
  file: string;
  clock: Clock;
  log: Logger;
  /** Bytes of values beyond which those that expire soonest go. Default 512 MiB. */
  maxBytes?: number;
  /** Default 5,000. */
  timeoutMs?: number;
}

const TIDY_EVERY_MS = 60_000;
const BUSY_TIMEOUT_MS = 2_000;
const DAMAGED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** A cache in an SQLite file, kept over restarts. Work is done on the library's own threads. */
export function createSqliteCache(options: SqliteCacheOptions): Cache {
  const calls = new GuardedCalls(options.clock, options.log, options.timeoutMs ?? 5_000);
  const file = new SqliteFile(options, calls);
  return new KeyvCache(() => file.keyv, file, options.clock, calls);
}

class SqliteFile implements KeyvStoreLife {
  readonly expires = false;
  readonly #options: SqliteCacheOptions;
  readonly #calls: GuardedCalls;
  readonly #maxBytes: number;
  #keyv: Keyv | undefined;
  #store: KeyvSqlite | undefined;
  #timer: Timer | undefined;
  #tidying: Promise<void> | undefined;
  #storedBytes = 0;

  constructor(options: SqliteCacheOptions, calls: GuardedCalls) {
    this.#options = options;
    this.#calls = calls;
    this.#maxBytes = options.maxBytes ?? 512 * 2 ** 20;
  }

  get keyv(): Keyv {
    if (!this.#keyv) throw new Error('the cache file could not be opened');
    return this.#keyv;
  }

  async open(): Promise<void> {
    await mkdir(dirname(this.#options.file), { recursive: true });
    try {
      await this.#connect();
    } catch (error) {
      if (!DAMAGED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      this.#options.log.warn({ err: error }, 'the cache file is damaged and is begun anew');
      // Fails where the library failed to open it; then there is nothing to close.
      await this.#store?.disconnect().catch(() => undefined);
      await this.#remove();
      await this.#connect();
    }
    await this.#tidy();
    this.#tidyLater();
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#tidying;
    await this.#keyv?.disconnect();
    this.#keyv = undefined;
  }

  onStored(bytes: number): void {
    this.#storedBytes += bytes;
    if (this.#storedBytes > this.#maxBytes / 8) void this.#tidy();
  }

  async #connect(): Promise<void> {
    const store = new KeyvSqlite({ uri: `sqlite://${this.#options.file}`, busyTimeout: BUSY_TIMEOUT_MS });
    const keyv = new Keyv({ store, ...KEYV_OPTIONS });
    // While it is being opened, `open` decides what a failure means.
    keyv.on('error', (error: unknown) => {
      if (this.#keyv === keyv) this.#calls.failed(error);
    });
    this.#store = store;
    await prepareTable(store);
    this.#keyv = keyv;
  }

  async #remove(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm']) await rm(this.#options.file + suffix, { force: true });
  }

  #tidyLater(): void {
    this.#timer = this.#options.clock.after(TIDY_EVERY_MS, () => {
      void this.#tidy();
      this.#tidyLater();
    });
  }

  /** One at a time; whoever asks meanwhile gets the one under way. */
  #tidy(): Promise<void> {
    this.#storedBytes = 0;
    this.#tidying ??= tidy(this.#store!, this.#options.clock.now(), this.#maxBytes)
      .catch((error: unknown) => this.#calls.failed(error))
      .finally(() => (this.#tidying = undefined));
    return this.#tidying;
  }
}
