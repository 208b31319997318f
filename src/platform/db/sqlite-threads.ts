import { sleep, systemClock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import { isDiskFull, overloaded, unavailable } from './db-errors.js';
import type { Step } from './draft.js';
import { SqliteThread } from './sqlite-thread.js';
import type { WireResult } from './sqlite-wire.js';

export interface SqliteThreadsOptions {
  file: string;
  readers: number;
  exclusive: boolean;
  lockWaitMs: number;
  log: Logger;
  /** Told when the writer comes up (again) and when it is lost. */
  onWriter(up: boolean): void;
}

const MAX_READS_WAITING = 10_000;

/** The writer and the readers of one file; a thread that dies is replaced, with backoff. */
export class SqliteThreads {
  #writer: SqliteThread | undefined;
  readonly #readers: (SqliteThread | undefined)[] = [];
  readonly #stopping = new AbortController();
  readonly #opening = new Set<SqliteThread>();
  #waitsFor: string | undefined;

  constructor(private readonly options: SqliteThreadsOptions) {}

  get writerIsUp(): boolean {
    return this.#writer !== undefined;
  }

  get readersAreUp(): boolean {
    return (
      this.#readers.length === this.options.readers && this.#readers.every((reader) => reader !== undefined)
    );
  }

  /** What keeps `open` from being done. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  /** Rejects with what kept the file from being opened; space on the disk is waited for. */
  async open(): Promise<void> {
    const readers = Array.from({ length: this.options.readers }, (_, i) => i);
    try {
      await this.#onceThereIsSpace(() => this.#openWriter());
      await Promise.all(readers.map((i) => this.#onceThereIsSpace(() => this.#openReader(i))));
    } catch (error) {
      await this.close();
      throw error;
    }
    this.options.onWriter(true);
  }

  write(txs: readonly (readonly Step[])[]): Promise<WireResult[]> {
    return this.#writer?.run(txs) ?? Promise.reject(unavailable('the database is not open'));
  }

  /** One statement on the reader that has least to do. */
  async read(step: Step): Promise<WireResult> {
    const readers = this.#readers.filter((reader) => reader !== undefined);
    const reader = readers.sort((a, b) => a.busy - b.busy)[0];
    if (!reader) throw unavailable('the database is not open');
    if (reader.busy >= MAX_READS_WAITING) throw overloaded();
    const results = await reader.run([[step]]);
    return results[0]!;
  }

  reset(): void {
    for (const thread of [this.#writer, ...this.#readers]) thread?.reset();
  }

  /** Readers first: the last connection to close folds the log into the file. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#opening].map((thread) => thread.terminate()));
    await Promise.all(this.#readers.map(async (reader) => reader?.close()));
    this.#readers.length = 0;
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  async #onceThereIsSpace(open: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    for (let attempt = 0; ; attempt++) {
      try {
        await open();
        this.#waitsFor = undefined;
        return;
      } catch (error) {
        if (!isDiskFull(error) || signal.aborted) throw error;
        if (this.#waitsFor === undefined) this.options.log.warn({}, `${error.message}; waiting for it`);
        this.#waitsFor = error.message;
        await sleep(systemClock, backoffMs(attempt, 100, 2_000), signal);
      }
    }
  }

  async #openWriter(): Promise<void> {
    this.#writer = await this.#openThread('writer', () => {
      this.#writer = undefined;
      this.options.onWriter(false);
      void this.#again('writer', () => this.#openWriter()).then((up) => up && this.options.onWriter(true));
    });
  }

  async #openReader(index: number): Promise<void> {
    this.#readers[index] = await this.#openThread('reader', () => {
      this.#readers[index] = undefined;
      void this.#again('reader', () => this.#openReader(index));
    });
  }

  async #openThread(role: 'writer' | 'reader', onLost: () => void): Promise<SqliteThread> {
    const { file, exclusive, lockWaitMs, log } = this.options;
    const thread = new SqliteThread({ file, role, exclusive, lockWaitMs }, (reason) => {
      log.error({ role, reason }, 'a database thread ended; it is started again');
      onLost();
    });
    this.#opening.add(thread);
    await thread.opened.finally(() => this.#opening.delete(thread));
    return thread;
  }

  /** Tries until it works or the database stops; says which. */
  async #again(role: string, open: () => Promise<void>): Promise<boolean> {
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt++) {
      await sleep(systemClock, backoffMs(attempt, 100, 5_000), signal);
      if (signal.aborted) break;
      try {
        await open();
        return true;
      } catch (error) {
        this.options.log.warn({ role, error: messageOf(error) }, 'a database thread could not be started');
      }
    }
    return false;
  }
}
