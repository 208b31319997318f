import type { Committed, StatementRef } from './database.js';

/** What one statement did. */
export interface Outcome {
  changes: number;
  rows(): unknown[];
}

/** Outcomes of a transaction, read by reference. Rows are typed by whoever added the statement. */
export class CommittedOutcomes implements Committed {
  constructor(private readonly outcomes: readonly Outcome[]) {}

  rows<O>(ref: StatementRef<O>): O[] {
    return this.#of(ref).rows() as O[];
  }

  changes(ref: StatementRef<unknown>): number {
    return this.#of(ref).changes;
  }

  #of(ref: StatementRef<unknown>): Outcome {
    const outcome = this.outcomes[ref.index];
    if (!outcome) throw new Error(`the transaction has no statement ${ref.index}`);
    return outcome;
  }
}
