declare const tx: unique symbol;

/**
 * A transaction being put together: a list of statements with their conditions, sent as a whole.
 * Opaque here, so that a module can add to another's transaction without seeing its database.
 */
export interface Tx {
  readonly [tx]: true;
}

/**
 * A condition of a transaction did not hold (a row was not as expected), so nothing of it happened.
 * `reason` is what the statement that failed was added with.
 */
export class TxConflict extends Error {
  constructor(readonly reason: string) {
    super(`transaction refused: ${reason}`);
    this.name = 'TxConflict';
  }
}
