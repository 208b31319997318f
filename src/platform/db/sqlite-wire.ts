import type { Value } from './draft.js';

/** What goes to a SQLite thread and comes back; kept flat, as cloning it is the price of a transaction. */
export interface ThreadOptions {
  file: string;
  role: 'writer' | 'reader';
  /** Whether the writer keeps other exclusive processes out. */
  exclusive: boolean;
  /** How long to wait for another process to let go of the file. */
  lockWaitMs: number;
}

/** Id of the SQL text, rows expected (-1: any), values. */
export type WireStep = [sqlId: number, expected: number, ...values: Value[]];
export type WireTx = WireStep[];

export interface WireRequest {
  id: number;
  /** SQL texts that the thread has not seen, by id. */
  learn: [id: number, sql: string][];
  /** Ids that are not used after this request. */
  forget: number[];
  txs: WireTx[];
}

/** Rows changed; or what a statement that returns rows returned, with the rows as arrays. */
export type WireOutcome = number | { changes: number; columns: string[]; rows: unknown[][] };
export interface WireError {
  code: string;
  message: string;
}
/** Outcomes in order, or the index of the statement whose expectation failed, or an error. */
export type WireResult = WireOutcome[] | number | WireError;

export type ThreadMessage = { opened: true } | { failed: WireError } | { id: number; results: WireResult[] };
export type ThreadCommand = WireRequest | 'reset' | 'close';

type Row = Record<string, unknown>;

/** Rows as objects; bytes as Buffers (they arrive as plain arrays of bytes). */
export function toRows(outcome: WireOutcome | undefined): Row[] {
  if (outcome === undefined || typeof outcome === 'number') return [];
  const { columns, rows } = outcome;
  return rows.map((values) => {
    const row: Row = {};
    for (let i = 0; i < columns.length; i++) row[columns[i]!] = toBuffer(values[i]);
    return row;
  });
}

function toBuffer(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** Bytes alone: cloning a view clones all of the memory that it looks at, for a small Buffer a shared pool. */
export function toWireValue(value: Value): Value {
  if (!(value instanceof Uint8Array)) return value;
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
}

export function isWireError(result: WireResult): result is WireError {
  return typeof result === 'object' && !Array.isArray(result);
}
