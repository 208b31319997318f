import type { Kysely } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import { TxConflict, type Tx } from '../../kernel/tx.js';
import { sqliteTypes } from './column-types.js';
import { CommittedOutcomes } from './committed.js';
import type {
  Committed,
  Database,
  Expectation,
  LeaderDuties,
  Leadership,
  Migration,
  Statement,
  StatementRef,
} from './database.js';
import { unavailable } from './db-errors.js';
import { draftOf, newTx, type Step, type Value } from './draft.js';
import { GroupCommit } from './group-commit.js';
import { LocalLeadership } from './local-leadership.js';
import { createMigrationsTable, markApplied, type MigrationsSchema, missing } from './migrations.js';
import { Nudges } from './nudges.js';
import { createReadKysely } from './read-dialect.js';
import { fromWireError } from './sqlite-errors.js';
import { SqliteThreads } from './sqlite-threads.js';
import { toRows, type WireResult } from './sqlite-wire.js';

export interface SqliteDatabaseOptions {
  /** The database file; `<file>.lock` beside it keeps other processes out. */
  file: string;
  clock: Clock;
  log: Logger;
  /** Read-only connections, each on a thread. Default 1. */
  readers?: number;
  /** How long `start` waits for another process to let go of the file, before `db.in-use`. Default 10,000. */
  lockWaitMs?: number;
  /** Transactions that may wait or be under way, before `db.overloaded`. Default 20,000. */
  maxWaiting?: number;
}

export function createSqliteDatabase(options: SqliteDatabaseOptions): Database {
  return new SqliteDatabase(options);
}

/** SQLite on threads of its own: one writes, in groups, others read. */
class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #kysely: Kysely<unknown>;
  readonly #threads: SqliteThreads;
  readonly #commits: GroupCommit;
  readonly #nudges: Nudges;
  readonly #leaderships = new Set<LocalLeadership>();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #migrating: Promise<unknown> = Promise.resolve();
  #started = false;
  #lastFailure: string | undefined;

  constructor(private readonly options: SqliteDatabaseOptions) {
    const { file, clock, log, readers = 1, lockWaitMs = 10_000, maxWaiting = 20_000 } = options;
    const onWriter = (up: boolean): void => this.#onWriter(up);
    this.#threads = new SqliteThreads({ file, readers, lockWaitMs, clock, log, onWriter });
    this.#commits = new GroupCommit((txs) => this.#write(txs), {
      maxWaiting,
      maxGroup: 256,
      maxGroupStatements: 2_000,
    });
    this.#kysely = createReadKysely('sqlite', (sql, values) => this.#read(sql, values));
    this.#nudges = new Nudges(log);
  }

  schema<S>(): Kysely<S> {
    // The one place where a schema is believed: tables are those that the caller's own migrations made.
    return this.#kysely as unknown as Kysely<S>;
  }

  begin(): Tx {
    return newTx();
  }

  add<O>(tx: Tx, statement: Statement<O>, expect?: Expectation): StatementRef<O> {
    return draftOf(tx).add(statement, expect);
  }

  size(tx: Tx): number {
    return draftOf(tx).steps.length;
  }

  async commit(tx: Tx): Promise<Committed> {
    const draft = draftOf(tx);
    draft.seal();
    if (draft.steps.length === 0) return new CommittedOutcomes([]);
    if (!this.#threads.writerIsUp || this.#stopping) throw unavailable('the database is not open');
    return this.#commits.commit(draft.steps);
  }

  migrate(migrations: readonly Migration[]): Promise<string[]> {
    const done = this.#migrating.then(() => this.#migrate(migrations));
    this.#migrating = done.catch(() => undefined);
    return done;
  }

  async pendingMigrations(migrations: readonly Migration[]): Promise<string[]> {
    const table = await this.#read("select name from sqlite_master where name = 'schema_migrations'", []);
    const db = this.schema<MigrationsSchema>();
    const applied = table.length > 0 ? await db.selectFrom('schema_migrations').select('id').execute() : [];
    return missing(migrations, applied).map(({ id }) => id);
  }

  lead(role: string, duties: LeaderDuties): Leadership {
    const { clock, log } = this.options;
    const leadership = new LocalLeadership(role, duties, clock, log, (own) => this.#leaderships.delete(own));
    this.#leaderships.add(leadership);
    if (this.#started && !this.#stopping && this.#threads.writerIsUp) void leadership.setUp(true);
    return leadership;
  }

  nudge(channel: string): void {
    this.#nudges.fire(channel);
  }

  onNudge(channel: string, listener: () => void): () => void {
    return this.#nudges.on(channel, listener);
  }

  state(): PartState {
    if (this.#stopping) return { status: 'down', detail: 'stopped' };
    if (!this.#started) return { status: 'starting' };
    if (!this.#threads.writerIsUp) return { status: 'down', detail: 'the writing thread is being restarted' };
    if (!this.#threads.readersAreUp)
      return { status: 'degraded', detail: 'a reading thread is being restarted' };
    if (this.#lastFailure !== undefined) return { status: 'degraded', detail: this.#lastFailure };
    return { status: 'ok' };
  }

  start(): Promise<void> {
    if (this.#stopping) return Promise.reject(unavailable('the database was stopped'));
    this.#starting ??= this.#threads.open().then(() => void (this.#started = true));
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#leaderships].map((leadership) => leadership.stop()));
    await this.#commits.idle();
    await this.#threads.close();
    await this.#starting?.catch(() => undefined);
  }

  #onWriter(up: boolean): void {
    if (!up) this.#commits.refuse(unavailable('the database thread is gone'));
    if (this.#stopping) return;
    for (const leadership of this.#leaderships) void leadership.setUp(up);
  }

  async #write(txs: readonly (readonly Step[])[]): Promise<WireResult[]> {
    const results = await this.#threads.write(txs);
    const first = results[0];
    const failed =
      typeof first === 'object' && 'code' in first && fromWireError(first).kind === 'unavailable';
    this.#lastFailure = failed ? fromWireError(first).message : undefined;
    return results;
  }

  async #read(sql: string, values: Value[]): Promise<unknown[]> {
    const result = await this.#threads.read({ sql, values, expect: undefined });
    if (typeof result === 'number') throw new TxConflict('db.read');
    if (!Array.isArray(result)) throw fromWireError(result);
    return toRows(result[0]);
  }

  async #migrate(migrations: readonly Migration[]): Promise<string[]> {
    const db = this.schema<MigrationsSchema>();
    await this.#commitAll([createMigrationsTable(db)]);
    const pending = missing(migrations, await db.selectFrom('schema_migrations').select('id').execute());
    for (const { id, up } of pending) {
      const mark = markApplied(db, id, this.options.clock.now());
      await this.#commitAll([mark, ...up(this.#kysely, sqliteTypes)]);
      this.#threads.reset();
      this.options.log.info({ migration: id }, 'migration applied');
    }
    return pending.map(({ id }) => id);
  }

  async #commitAll(statements: Statement[]): Promise<void> {
    const tx = this.begin();
    for (const statement of statements) this.add(tx, statement);
    await this.commit(tx);
  }
}
