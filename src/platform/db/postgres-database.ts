import { Kysely } from 'kysely';
import pg from 'pg';
import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database, LeaderDuties, Leadership, Migration } from './database.js';
import { dbOverloaded } from './db-errors.js';
import { applyMigrations, findPending } from './migrate.js';
import { Nudges } from './nudges.js';
import { postgresError } from './postgres-errors.js';
import { PostgresSession } from './postgres-session.js';
import { lockLeadership } from './postgres-leadership.js';
import { runTransaction } from './postgres-transaction.js';
import { readDialect } from './read-dialect.js';
import { committed, listOf, newTx } from './transaction.js';

export interface PostgresOptions {
  /** `postgres://…`; never logged. */
  url: string;
  clock: Clock;
  log: Logger;
  /** Connections of this process. Default 10. */
  poolSize?: number;
  /** A statement that takes longer is given up. Default 15,000. */
  statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const MOST_WAITING = 20_000;

/** Whole numbers and epoch ms come as JS numbers, as on SQLite. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** PostgreSQL, shared with other replicas. The server may be away at any time; it is tried again without end. */
export function createPostgresDatabase(options: PostgresOptions): Database {
  return new PostgresDatabase(options);
}

class PostgresDatabase implements Database {
  readonly dialect = 'postgres';
  readonly #kysely: Kysely<unknown>;
  readonly #nudges = new Nudges();
  readonly #pool: pg.Pool;
  readonly #session: PostgresSession;
  readonly #options: PostgresOptions;
  readonly #stop = new AbortController();
  #state: PartState = { status: 'starting' };
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: PostgresOptions) {
    this.#options = options;
    const timeout = options.statementTimeoutMs ?? 15_000;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: timeout,
      query_timeout: timeout + 1_000,
      keepAlive: true,
      application_name: 'switchyard',
      types,
    });
    this.#pool.on('error', () => this.#lost('a connection was lost'));
    this.#session = new PostgresSession({ ...options, nudges: this.#nudges });
    this.#kysely = new Kysely<unknown>({
      dialect: readDialect('postgres', (sql, values) => this.#read(sql, values)),
    });
  }

  /** The one place where the schema's type is vouched for: each module names the tables it made. */
  schema<S>(): Kysely<S> {
    return this.#kysely as unknown as Kysely<S>;
  }

  begin(): Tx {
    return newTx();
  }

  add: Database['add'] = (tx, statement, expect) => listOf(tx).add(statement, expect);

  size(tx: Tx): number {
    return listOf(tx).steps.length;
  }

  commit: Database['commit'] = async (tx) => {
    const list = listOf(tx);
    if (this.#pool.waitingCount > MOST_WAITING) throw dbOverloaded();
    const outcomes = await this.#guarded(() => runTransaction(this.#pool, this.#options.clock, list.steps));
    for (const channel of list.nudges) this.nudge(channel);
    return committed(outcomes);
  };

  migrate(migrations: readonly Migration[]): Promise<string[]> {
    return applyMigrations(this, this.#options.clock, migrations);
  }

  pendingMigrations(migrations: readonly Migration[]): Promise<string[]> {
    return findPending(this, migrations);
  }

  lead(role: string, duties: LeaderDuties): Leadership {
    const { clock, log } = this.#options;
    return lockLeadership({ session: this.#session, clock, log }, role, duties);
  }

  nudge(channel: string): void {
    this.#nudges.nudge(channel);
    this.#session.notify(channel);
  }

  nudgeAfter(tx: Tx, channel: string): void {
    listOf(tx).nudges.add(channel);
  }

  onNudge(channel: string, listener: () => void): () => void {
    return this.#nudges.on(channel, listener);
  }

  state(): PartState {
    return this.#state;
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#connect());
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#close());
  }

  async #connect(): Promise<void> {
    const { clock, log } = this.#options;
    this.#session.start();
    for (let tries = 1; !this.#stop.signal.aborted; tries++) {
      try {
        await this.#guarded(() => this.#pool.query('select 1'));
        return;
      } catch {
        if (tries === 1) log.warn({}, 'the database server is away; trying again until it is there');
        await sleep(clock, RETRY_MS, this.#stop.signal);
      }
    }
    throw postgresError(new Error('stopped'));
  }

  async #read(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    const result = await this.#guarded(() => this.#pool.query(sql, [...parameters]));
    return result.rows as unknown[];
  }

  /** Keeps the state true, and gives every error one of our names. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      if (this.#state.status !== 'ok') this.#state = { status: 'ok', detail: 'PostgreSQL' };
      return value;
    } catch (error) {
      const named = postgresError(error);
      if ('code' in named && named.code === 'db.unavailable') this.#lost('the server is away');
      throw named;
    }
  }

  #lost(detail: string): void {
    if (this.#stopping) return;
    if (this.#state.status !== 'down') this.#options.log.warn({ detail }, 'the database server is away');
    this.#state = { status: 'down', detail };
    // Something must ask again, or a quiet process would never see it come back.
    this.#options.clock.after(RETRY_MS, () => {
      if (!this.#stopping && this.#state.status === 'down')
        void this.#read('select 1', []).catch(() => undefined);
    });
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    await this.#starting?.catch(() => undefined);
    await this.#session.stop();
    await this.#pool.end();
    this.#state = { status: 'down', detail: 'stopped' };
  }
}
