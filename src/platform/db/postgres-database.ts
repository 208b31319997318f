import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { type Clock, sleep, systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import { backoffMs } from './backoff.js';
import { BaseDatabase } from './base-database.js';
import { postgresTypes } from './column-types.js';
import type { Outcome } from './committed.js';
import type { Database, LeaderDuties, Leadership } from './database.js';
import { misused, unavailable } from './db-errors.js';
import type { Step, Value } from './draft.js';
import type { Migrator } from './migrations.js';
import { mayPassAgain, postgresError, reasonOf } from './postgres-errors.js';
import { PostgresLeadership } from './postgres-leadership.js';
import { PostgresPool } from './postgres-pool.js';
import { PostgresSession } from './postgres-session.js';
import { runTransaction } from './postgres-transaction.js';

export interface PostgresOptions {
  /** `postgres://…`; never logged. */
  url: string;
  /** For what is stored; connections are watched in real time. */
  clock: Clock;
  log: Logger;
  /** Connections for transactions and reads, beside the one that stays. Default 10. */
  poolSize?: number;
  /** A statement that takes longer is given up. Default 15,000. Migrations have 10 minutes. */
  statementTimeoutMs?: number;
}

const TRIES = 5;
const PROBE_MS = 1_000;
const MIGRATION_TIMEOUT_MS = 600_000;
/** Any number, the same in every release. */
const MIGRATION_LOCK = 7_203_114;

/** PostgreSQL, shared with other replicas. The server may be away at any time; it is tried again without end. */
export function createPostgresDatabase(options: PostgresOptions): Database {
  return new PostgresDatabase(options);
}

class PostgresDatabase extends BaseDatabase {
  readonly #pool: PostgresPool;
  readonly #session: PostgresSession;
  readonly #leaderships = new Set<PostgresLeadership>();
  readonly #stopping = new AbortController();
  #opened = false;
  #isUp = false;
  #whenUp: () => void = () => undefined;
  #lastFailure: string | undefined;

  constructor(private readonly options: PostgresOptions) {
    super('postgres', options.log);
    const { url, log, poolSize = 10, statementTimeoutMs = 15_000 } = options;
    checkUrl(url);
    const onLost = (error: unknown): void => this.#onConnectionLost(error);
    this.#pool = new PostgresPool({ url, poolSize, statementTimeoutMs, onLost });
    this.#session = new PostgresSession({
      url,
      log,
      onNudge: (channel) => this.nudges.fire(channel),
      onUp: () => this.#onUp(),
      onDown: () => this.#onDown(),
    });
  }

  lead(role: string, duties: LeaderDuties): Leadership {
    const forget = (own: PostgresLeadership): void => void this.#leaderships.delete(own);
    const leadership = new PostgresLeadership(role, duties, this.#session, this.options.log, forget);
    this.#leaderships.add(leadership);
    return leadership;
  }

  override nudge(channel: string): void {
    super.nudge(channel);
    this.#session.notify(channel);
  }

  state(): PartState {
    if (this.isStopping) return { status: 'down', detail: 'stopped' };
    if (!this.#opened) return { status: 'starting', detail: 'the database server has not been reached yet' };
    if (!this.#isUp) return { status: 'down', detail: 'the database server is away' };
    if (this.#lastFailure !== undefined) return { status: 'degraded', detail: this.#lastFailure };
    return { status: 'ok', detail: 'PostgreSQL' };
  }

  protected run(steps: readonly Step[]): Promise<Outcome[]> {
    const isMigration = steps[0]?.sql === MIGRATION_START.sql;
    const timeoutMs = isMigration ? MIGRATION_TIMEOUT_MS : undefined;
    return this.#again(() => this.#pool.use((send) => runTransaction(send, steps), timeoutMs));
  }

  protected read(sql: string, values: Value[], isRaw: boolean): Promise<unknown[]> {
    return this.#again(() =>
      this.#pool.use(async (send) => {
        if (!isRaw) return (await send(sql, values)).rows;
        const [begun, result, ended] = [send('begin read only'), send(sql, values), send('commit')];
        const settled = await Promise.allSettled([begun, result, ended]);
        for (const one of settled) if (one.status === 'rejected') throw one.reason;
        return (await result).rows;
      }),
    );
  }

  protected migrator(): Migrator {
    const lock = [MIGRATION_START, CompiledQuery.raw(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)];
    const onApplied = (id: string): void => this.options.log.info({ migration: id }, 'migration applied');
    return { db: this, types: postgresTypes, lock, now: () => this.options.clock.now(), onApplied };
  }

  protected async open(): Promise<void> {
    const up = new Promise<void>((resolve) => (this.#whenUp = resolve));
    this.#stopping.signal.addEventListener('abort', () => this.#whenUp());
    this.#session.start();
    await up;
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const reached = await this.read('select 1', [], false).catch(() => undefined);
      if (reached) return void (this.#opened = true);
      await sleep(systemClock, backoffMs(attempt, 200, 5_000), this.#stopping.signal);
    }
    throw unavailable('the database was stopped before its server was reached');
  }

  protected async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#leaderships].map((leadership) => leadership.stop()));
    await this.#pool.end();
    await this.#session.stop();
  }

  #onUp(): void {
    if (this.#opened) this.options.log.info({}, 'the database server is back');
    this.#isUp = true;
    this.#lastFailure = undefined;
    this.#whenUp();
    for (const leadership of this.#leaderships) leadership.sessionUp();
    // What others said while it was away is lost.
    this.nudges.fireAll();
  }

  #onDown(): void {
    this.#isUp = false;
    if (!this.isStopping) this.options.log.warn({}, 'the connection to the database server was lost');
    for (const leadership of this.#leaderships) leadership.sessionDown();
  }

  /** A quiet process looks for itself whether it still can connect. */
  #onConnectionLost(error: unknown): void {
    const known = this.#lastFailure !== undefined;
    this.#lastFailure = `a connection failed: ${reasonOf(error)}`;
    if (known || this.isStopping) return;
    void (async () => {
      while (this.#lastFailure !== undefined && !this.#stopping.signal.aborted) {
        await sleep(systemClock, PROBE_MS, this.#stopping.signal);
        await this.read('select 1', [], false).catch(() => undefined);
      }
    })();
  }

  /** Sends work again that lost against another transaction; gives every error one of our names. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const value = await work();
        this.#lastFailure = undefined;
        return value;
      } catch (error) {
        if (!mayPassAgain(error) || attempt === TRIES) throw postgresError(error);
        await sleep(systemClock, backoffMs(attempt, 10, 500));
      }
    }
  }
}

/** Marks a transaction as a migration, which may wait for another process and build large indexes. */
const MIGRATION_START = CompiledQuery.raw(`set local statement_timeout = ${MIGRATION_TIMEOUT_MS}`);

/** Refuses what `pg` cannot read, without quoting it. */
function checkUrl(url: string): void {
  try {
    new pg.Client({ connectionString: url });
  } catch {
    throw misused('the address of the database is not a postgres:// URL');
  }
}
