import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { PartState } from '../../kernel/part-state.js';
import type { Committed, StatementRef, Transactions, Tx } from '../../kernel/tx.js';

export type { Committed, StatementRef } from '../../kernel/tx.js';

export type Dialect = 'sqlite' | 'postgres';

/** Anything that compiles to one statement; `O` is the row it returns. */
export type Statement<O = unknown> = Compilable<O> | CompiledQuery<O>;

/** Must hold when the statement runs, or the whole transaction is undone and `TxConflict(reason)` thrown. */
export interface Expectation {
  /** Rows that the statement must change (or return, where it has RETURNING or is a SELECT). */
  rows: number;
  /** Dotted, for the caller to tell conflicts apart: `tasks.not-waiting`. */
  otherwise: string;
}

/** One step of the schema. Ids sort in the order in which they are applied, and never change. */
export interface Migration {
  /** `tasks-0001-ledger`: owner, number, what. */
  id: string;
  up(db: Kysely<unknown>, types: ColumnTypes): Statement[];
}

/** Column types that differ by dialect, for `addColumn(name, sql.raw(types.bytes))`. */
export interface ColumnTypes {
  dialect: Dialect;
  /** 8-byte whole number; read back as a JS number. */
  bigint: 'integer' | 'bigint';
  /** Auto-incremented, never reused primary key; add `.primaryKey()` and, on SQLite, `.autoIncrement()`. */
  serial: 'integer' | 'bigserial';
  bytes: 'blob' | 'bytea';
  /** Text compared bytewise on both. */
  text: 'text' | 'text collate "C"';
}

/** Held by at most one process at a time; taken over within seconds when its holder dies. */
export interface Leadership {
  isLeader(): boolean;
  stop(): Promise<void>;
}

export interface LeaderDuties {
  /** Called when this process becomes the leader. */
  start(): void | Promise<void>;
  /** Called when it no longer is (connection lost, or stopping). */
  stop(): void | Promise<void>;
}

/**
 * The database port, alike over SQLite (on threads of its own) and PostgreSQL.
 *
 * Row values are alike too: text, JS numbers (whole numbers and epoch ms, never `bigint`), Buffers, null;
 * flags are 0 and 1, JSON is text.
 */
export interface Database extends Transactions {
  readonly dialect: Dialect;
  /**
   * A typed view for building statements and for reads: `.execute()` runs a SELECT on the read side
   * (a read-only connection on SQLite), which sees everything committed before the call.
   */
  schema<S>(): Kysely<S>;
  add<O>(tx: Tx, statement: Statement<O>, expect?: Expectation): StatementRef<O>;
  /** `add` by one that may be called again in the same transaction: how many statements it holds. */
  size(tx: Tx): number;
  /**
   * Runs the statements in order as one transaction, durable when it resolves. Transactions committed in
   * one turn of the event loop may share one disk write (group commit), but stand or fall alone.
   * Rejects with `TxConflict`, or with `AppError` kind `unavailable` when the server is away
   * (then it may or may not have happened, unless nothing was sent).
   */
  commit(tx: Tx): Promise<Committed>;
  /** Applies what is missing, each migration in its own transaction; safe when two processes start at once. */
  migrate(migrations: readonly Migration[]): Promise<string[]>;
  /** Ids of the migrations that are not applied yet. */
  pendingMigrations(migrations: readonly Migration[]): Promise<string[]>;
  lead(role: string, duties: LeaderDuties): Leadership;
  state(): PartState;
  /**
   * Connects. A server that is away is tried again, with backoff, until it can or `stop` (rejects then).
   * A file rejects: `db.in-use` where another process keeps it, else what is wrong with it. Idempotent.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
}
