/** What travels between the event loop and the SQLite threads; arrays, as they clone fastest. */

export interface SqliteThreadData {
  file: string;
  role: 'writer' | 'reader';
  /** Holds the file for this process alone. */
  exclusive: boolean;
}

/** SQL, parameters, and the number of rows it must touch (-1: any). */
export type WireStep = [sql: string, parameters: readonly unknown[], expectedRows: number];

export type ToThread =
  | { id: number; kind: 'commit'; transactions: WireStep[][] }
  | { id: number; kind: 'read'; sql: string; parameters: readonly unknown[] }
  | { id: number; kind: 'close' };

export type WireOutcome = [changes: number, rows: unknown[]];

export type TransactionReply =
  | { outcomes: WireOutcome[] }
  /** The step whose expectation did not hold. */
  | { conflict: number }
  | { error: WireError };

export interface WireError {
  code: string;
  message: string;
}

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'failed'; error: WireError }
  | { kind: 'committed'; id: number; replies: TransactionReply[] }
  | { kind: 'read'; id: number; rows: unknown[] }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'closed'; id: number };
