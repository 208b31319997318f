import { Kysely } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database, LeaderDuties, Leadership, Migration } from './database.js';
import { dbUnavailable } from './db-errors.js';
import { GroupCommit, withBuffers } from './group-commit.js';
import { applyMigrations, findPending } from './migrate.js';
import { Nudges } from './nudges.js';
import { readDialect } from './read-dialect.js';
import { SqliteThread } from './sqlite-thread.js';
import { committed, listOf, newTx } from './transaction.js';

export interface SqliteOptions {
  file: string;
  clock: Clock;
  log: Logger;
  /** Refuse to share the file with another process (default). The command line's short visits do not ask for it. */
  exclusive?: boolean;
  /** Transactions waiting for the writer before more are refused. Default 20,000. */
  mostWaiting?: number;
}

const RESTART_MS = 500;

/**
 * SQLite on two threads, one that writes and one that reads. Whatever is committed in one turn, or while
 * the writer is busy, shares one disk write.
 */
export function createSqliteDatabase(options: SqliteOptions): Database {
  return new SqliteDatabase(options);
}

class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #kysely: Kysely<unknown>;
  readonly #nudges = new Nudges();
  readonly #commits: GroupCommit;
  readonly #options: SqliteOptions;
  #writer: SqliteThread | undefined;
  #reader: SqliteThread | undefined;
  #state: PartState = { status: 'starting' };
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#kysely = new Kysely<unknown>({
      dialect: readDialect('sqlite', (sql, values) => this.#read(sql, values)),
    });
    this.#commits = new GroupCommit(() => this.#writer, options.mostWaiting ?? 20_000);
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
    const outcomes = await this.#commits.run(list.steps);
    for (const channel of list.nudges) this.nudge(channel);
    return committed(outcomes);
  };

  migrate(migrations: readonly Migration[]): Promise<string[]> {
    return applyMigrations(this, this.#options.clock, migrations);
  }

  pendingMigrations(migrations: readonly Migration[]): Promise<string[]> {
    return findPending(this, migrations);
  }

  /** There is one process, so it leads. */
  lead(_role: string, duties: LeaderDuties): Leadership {
    let leader = true;
    const started = Promise.resolve().then(() => (leader ? duties.start() : undefined));
    return {
      isLeader: () => leader,
      async stop() {
        if (!leader) return;
        leader = false;
        await started;
        await duties.stop();
      },
    };
  }

  nudge(channel: string): void {
    this.#nudges.nudge(channel);
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
    return (this.#starting ??= this.#open());
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#close());
  }

  async #open(): Promise<void> {
    // The writer first: it creates the file that the reader opens read-only.
    this.#writer = this.#thread('writer');
    await this.#writer.ready();
    this.#reader = this.#thread('reader');
    await this.#reader.ready();
    this.#state = { status: 'ok', detail: 'SQLite' };
  }

  #thread(role: 'writer' | 'reader'): SqliteThread {
    const { file, exclusive = true } = this.#options;
    return new SqliteThread({ file, role, exclusive }, () => this.#revive(role));
  }

  /** A thread that died unasked is replaced. */
  #revive(role: 'writer' | 'reader'): void {
    if (this.#stopping || this.#state.status === 'starting') return;
    this.#state = { status: 'down', detail: `the ${role} thread ended` };
    this.#options.log.error({ role }, 'a database thread ended; starting another');
    this.#options.clock.after(RESTART_MS, () => {
      if (this.#stopping) return;
      const thread = this.#thread(role);
      if (role === 'writer') this.#writer = thread;
      else this.#reader = thread;
      thread.ready().then(
        () => {
          this.#state = { status: 'ok', detail: 'SQLite' };
        },
        (error: unknown) =>
          this.#options.log.error({ error: messageOf(error) }, 'the database thread did not start'),
      );
    });
  }

  async #read(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    if (!this.#reader) throw dbUnavailable('The database is not open');
    const reply = await this.#reader.request({ kind: 'read', sql, parameters });
    return reply.kind === 'read' ? reply.rows.map(withBuffers) : [];
  }

  async #close(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#commits.idle();
    await this.#reader?.close();
    await this.#writer?.close();
    this.#state = { status: 'down', detail: 'stopped' };
  }
}
