import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import { BaseDatabase } from './base-database.js';
import { sqliteTypes } from './column-types.js';
import type { Outcome } from './committed.js';
import type { Database, LeaderDuties, Leadership } from './database.js';
import { unavailable } from './db-errors.js';
import type { Step, Value } from './draft.js';
import { GroupCommit } from './group-commit.js';
import { LocalLeadership } from './local-leadership.js';
import type { Migrator } from './migrations.js';
import { fromWireError } from './sqlite-errors.js';
import { SqliteThreads } from './sqlite-threads.js';
import { isWireError, toRows, type WireResult } from './sqlite-wire.js';

export interface SqliteOptions {
  /** The database file. `<file>.lock` beside it keeps other processes out. */
  file: string;
  /** For what is stored; the threads are watched in real time. */
  clock: Clock;
  log: Logger;
  /** Read-only connections, each on a thread of its own. Default 1. */
  readers?: number;
  /** False lets this process in beside the one that holds the file, for the short visits of the command line. */
  exclusive?: boolean;
  /** How long `start` waits for another process to let go of the file, before `db.in-use`. Default 10,000. */
  lockWaitMs?: number;
  /** Transactions that may wait or be under way, before `db.overloaded`. Default 20,000. */
  maxWaiting?: number;
}

/**
 * SQLite on threads of its own: one writes, in groups, others read. `start` rejects with `db.in-use` when
 * another process keeps the file, and with `db.unavailable` when the file cannot be opened. A full disk is waited for.
 */
export function createSqliteDatabase(options: SqliteOptions): Database {
  return new SqliteDatabase(options);
}

class SqliteDatabase extends BaseDatabase {
  readonly #threads: SqliteThreads;
  readonly #commits: GroupCommit;
  readonly #leaderships = new Set<LocalLeadership>();
  #opened = false;
  #lastFailure: string | undefined;

  constructor(private readonly options: SqliteOptions) {
    super('sqlite', options.log);
    const { file, log, readers = 1, exclusive = true, lockWaitMs = 10_000, maxWaiting = 20_000 } = options;
    const onWriter = (up: boolean): void => this.#onWriter(up);
    this.#threads = new SqliteThreads({ file, readers, exclusive, lockWaitMs, log, onWriter });
    this.#commits = new GroupCommit((txs) => this.#write(txs), maxWaiting);
  }

  lead(role: string, duties: LeaderDuties): Leadership {
    const forget = (own: LocalLeadership): void => void this.#leaderships.delete(own);
    const leadership = new LocalLeadership(role, duties, this.options.log, forget);
    this.#leaderships.add(leadership);
    if (this.#opened && !this.isStopping && this.#threads.writerIsUp) void leadership.setUp(true);
    return leadership;
  }

  state(): PartState {
    if (this.isStopping) return { status: 'down', detail: 'stopped' };
    if (!this.#opened) return startingState(this.#threads.waitsFor);
    if (!this.#threads.writerIsUp) return { status: 'down', detail: 'the writing thread is being restarted' };
    if (!this.#threads.readersAreUp)
      return { status: 'degraded', detail: 'a reading thread is being restarted' };
    if (this.#lastFailure !== undefined) return { status: 'degraded', detail: this.#lastFailure };
    return { status: 'ok', detail: 'SQLite' };
  }

  protected async run(steps: readonly Step[]): Promise<readonly Outcome[]> {
    if (!this.#threads.writerIsUp) throw unavailable('the database is not open');
    return this.#commits.commit(steps);
  }

  protected async read(sql: string, values: Value[]): Promise<unknown[]> {
    const result = await this.#threads.read({ sql, values, expect: undefined });
    if (isWireError(result)) throw fromWireError(result);
    return toRows(Array.isArray(result) ? result[0] : undefined);
  }

  protected migrator(): Migrator {
    const onApplied = (id: string): void => {
      this.#threads.reset();
      this.options.log.info({ migration: id }, 'migration applied');
    };
    return { db: this, types: sqliteTypes, lock: [], now: () => this.options.clock.now(), onApplied };
  }

  protected async open(): Promise<void> {
    await this.#threads.open();
    this.#opened = true;
  }

  protected async close(): Promise<void> {
    await Promise.all([...this.#leaderships].map((leadership) => leadership.stop()));
    await this.#commits.idle();
    await this.#threads.close();
  }

  #onWriter(up: boolean): void {
    if (!up) this.#commits.refuse(unavailable('the database thread is gone'));
    if (this.isStopping) return;
    for (const leadership of this.#leaderships) void leadership.setUp(up);
  }

  async #write(txs: readonly (readonly Step[])[]): Promise<WireResult[]> {
    const results = await this.#threads.write(txs);
    const failure = results.length > 0 && isWireError(results[0]!) ? fromWireError(results[0]) : undefined;
    this.#lastFailure = failure?.kind === 'unavailable' ? failure.message : undefined;
    return results;
  }
}

function startingState(detail: string | undefined): PartState {
  return { status: 'starting', ...(detail !== undefined && { detail }) };
}
