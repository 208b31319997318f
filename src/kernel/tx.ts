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

/** Points at one statement of a transaction, to read its outcome after the commit. */
export interface StatementRef<O> {
  readonly index: number;
  /** Type carrier only. */
  readonly __row?: O;
}

export interface Committed {
  /** Rows that the statement returned. */
  rows<O>(ref: StatementRef<O>): O[];
  /** Rows that the statement changed. */
  changes(ref: StatementRef<unknown>): number;
}

/** `undefined` where the commit failed; then it may or may not have happened. Must not throw. */
export type WhenCommitted = (committed: Committed | undefined) => void;

/**
 * What use cases need of a database: to send a transaction, and to be told that there is something to look at.
 * The statements themselves are added by repositories.
 */
export interface Transactions {
  begin(): Tx;
  /** Durable when it resolves. Rejects with `TxConflict`, or with `AppError` kind `unavailable`. */
  commit(tx: Tx): Promise<Committed>;
  /** Tells listeners of this process at once, and other replicas soon, that there is something to look at. Lossy. */
  nudge(channel: string): void;
  /**
   * Has `add` called when `tx` is about to be committed; it may add statements, and what it returns is told how that
   * ended. A transaction that is never committed calls nothing, so what is held meanwhile is given back for certain.
   */
  beforeCommit(tx: Tx, add: () => WhenCommitted): void;
  /** Nudges when, and only when, `tx` is committed. */
  nudgeAfter(tx: Tx, channel: string): void;
  onNudge(channel: string, listener: () => void): () => void;
}
