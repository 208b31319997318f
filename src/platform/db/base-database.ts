import type { Kysely } from 'kysely';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Tx, WhenCommitted } from '../../kernel/tx.js';
import { CommittedOutcomes, type Outcome } from './committed.js';
import type {
  Committed,
  Database,
  Dialect,
  Expectation,
  LeaderDuties,
  Leadership,
  Migration,
  Statement,
  StatementRef,
} from './database.js';
import { unavailable } from './db-errors.js';
import { type Draft, draftOf, newTx, type Step, type Value } from './draft.js';
import { applyMigrations, findPending, type Migrator } from './migrations.js';
import { Nudges } from './nudges.js';
import { createReadKysely } from './read-dialect.js';

/** What both databases have in common: putting transactions together, local nudges, one start and one stop. */
export abstract class BaseDatabase implements Database {
  protected readonly nudges: Nudges;
  readonly #kysely: Kysely<unknown>;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #migrating: Promise<unknown> = Promise.resolve();

  constructor(
    readonly dialect: Dialect,
    log: Logger,
  ) {
    this.nudges = new Nudges(log);
    this.#kysely = createReadKysely(dialect, (sql, values, isRaw) => this.read(sql, values, isRaw));
  }

  protected abstract run(steps: readonly Step[]): Promise<readonly Outcome[]>;
  protected abstract read(sql: string, values: Value[], isRaw: boolean): Promise<unknown[]>;
  protected abstract migrator(): Migrator;
  protected abstract open(): Promise<void>;
  protected abstract close(): Promise<void>;
  abstract lead(role: string, duties: LeaderDuties): Leadership;
  abstract state(): PartState;

  protected get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  schema<S>(): Kysely<S> {
    // The one place where a schema is believed: its tables are those that the caller's own migrations made.
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
    const whenCommitted: WhenCommitted[] = [];
    const tell = (committed?: Committed): void => whenCommitted.forEach((told) => told(committed));
    const committed = await this.#send(draft, whenCommitted).catch((error: unknown) => {
      tell();
      throw error;
    });
    tell(committed);
    for (const channel of draft.nudges) this.nudge(channel);
    return committed;
  }

  /** Those who are asked for last statements go into `whenCommitted` one by one, as the next may throw. */
  async #send(draft: Draft, whenCommitted: WhenCommitted[]): Promise<Committed> {
    for (const add of draft.beforeCommit.splice(0)) whenCommitted.push(add());
    draft.seal();
    if (this.isStopping) throw unavailable('the database is stopped');
    return new CommittedOutcomes(draft.steps.length === 0 ? [] : await this.run(draft.steps));
  }

  beforeCommit(tx: Tx, add: () => WhenCommitted): void {
    draftOf(tx).beforeCommit.push(add);
  }

  /** One call at a time, so that two of them do not meet in the middle. */
  migrate(migrations: readonly Migration[]): Promise<string[]> {
    const done = this.#migrating.then(() => applyMigrations(this.migrator(), migrations));
    this.#migrating = done.catch(() => undefined);
    return done;
  }

  pendingMigrations(migrations: readonly Migration[]): Promise<string[]> {
    return findPending(this, migrations);
  }

  nudge(channel: string): void {
    this.nudges.fire(channel);
  }

  nudgeAfter(tx: Tx, channel: string): void {
    draftOf(tx).nudges.add(channel);
  }

  onNudge(channel: string, listener: () => void): () => void {
    return this.nudges.on(channel, listener);
  }

  start(): Promise<void> {
    if (this.#stopping) return Promise.reject(unavailable('the database is stopped'));
    return (this.#starting ??= this.open());
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.close().then(() => this.#starting?.catch(() => undefined)));
  }
}
