import type { CompiledQuery } from 'kysely';
import type { Tx } from '../../kernel/tx.js';
import type { Committed, Expectation, Statement, StatementRef } from './database.js';

/** One statement of a transaction as the adapters run it. */
export interface Step {
  sql: string;
  parameters: readonly unknown[];
  expect: Expectation | undefined;
}

/** What a step gave: rows where it returns some, and how many it changed. */
export interface StepOutcome {
  rows: unknown[];
  changes: number;
}

/** Far more than any use here; a list that grows without end is a mistake of ours. */
const MOST_STEPS = 50_000;

/** The one class behind the opaque `Tx`. */
export class StatementList {
  readonly steps: Step[] = [];
  readonly nudges = new Set<string>();

  add<O>(statement: Statement<O>, expect: Expectation | undefined): StatementRef<O> {
    if (this.steps.length === MOST_STEPS)
      throw new Error(`a transaction holds at most ${MOST_STEPS} statements`);
    const { sql, parameters } = compiled(statement);
    this.steps.push({ sql, parameters, expect });
    return { index: this.steps.length - 1 };
  }
}

function compiled(statement: Statement): CompiledQuery {
  return 'compile' in statement ? statement.compile() : statement;
}

export function newTx(): Tx {
  return new StatementList() as unknown as Tx;
}

export function listOf(tx: Tx): StatementList {
  return tx as unknown as StatementList;
}

export function committed(outcomes: readonly StepOutcome[]): Committed {
  const at = (ref: StatementRef<unknown>): StepOutcome => {
    const outcome = outcomes[ref.index];
    if (!outcome) throw new Error('this statement is not of this transaction');
    return outcome;
  };
  return {
    rows: <O>(ref: StatementRef<O>) => at(ref).rows as O[],
    changes: (ref) => at(ref).changes,
  };
}
