import type { Tx, WhenCommitted } from '../../kernel/tx.js';
import type { Expectation, Statement, StatementRef } from './database.js';
import { misused } from './db-errors.js';

/** What a database takes as a value; anything else is refused when the statement is added. */
export type Value = string | number | bigint | Uint8Array | null;

/** One statement of a transaction, compiled. */
export interface Step {
  sql: string;
  values: Value[];
  expect: Expectation | undefined;
}

/** Far more than any use here; a list that grows without end is a mistake. */
const MAX_STATEMENTS = 50_000;

/** What a `Tx` is inside: its statements, until it is committed. */
export class Draft {
  readonly steps: Step[] = [];
  /** Channels to nudge once it is committed. */
  readonly nudges = new Set<string>();
  /** Called when it is about to be committed. */
  readonly beforeCommit: (() => WhenCommitted)[] = [];
  #sealed = false;

  add<O>(statement: Statement<O>, expect: Expectation | undefined): StatementRef<O> {
    if (this.#sealed) throw misused('a statement was added to a transaction that was committed before');
    if (this.steps.length >= MAX_STATEMENTS) {
      throw misused(`a transaction has at most ${MAX_STATEMENTS} statements`);
    }
    const { sql, parameters } = 'compile' in statement ? statement.compile() : statement;
    return { index: this.steps.push({ sql, values: parameters.map(toValue), expect }) - 1 };
  }

  /** Nothing may be added any more; a transaction is committed once. */
  seal(): void {
    if (this.#sealed) throw misused('a transaction was committed twice');
    this.#sealed = true;
  }
}

export function newTx(): Tx {
  return new Draft() as unknown as Tx;
}

export function draftOf(tx: Tx): Draft {
  const inside: unknown = tx;
  if (inside instanceof Draft) return inside;
  throw misused('this is no transaction of a database');
}

/** Checks a parameter, so that a wrong one fails its caller and not the group it travels in. */
export function toValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const what = typeof value === 'number' ? String(value) : typeof value;
  throw misused(`a parameter must be text, a finite number, bytes or null, got ${what}`);
}
