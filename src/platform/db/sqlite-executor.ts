import type Sqlite from 'better-sqlite3';
import type { Value } from './draft.js';
import { toWireError } from './sqlite-errors.js';
import type { WireOutcome, WireRequest, WireResult, WireStep, WireTx } from './sqlite-wire.js';

interface Prepared {
  statement: Sqlite.Statement;
  columns: string[];
}

const MAX_ROWS = 200_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Runs requests on one connection; lives in a SQLite thread. */
export class SqliteExecutor {
  readonly #sql = new Map<number, string>();
  readonly #prepared = new Map<number, Prepared>();
  readonly #control: Record<
    'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'undo',
    () => unknown
  >;

  constructor(
    private readonly db: Sqlite.Database,
    private readonly role: 'writer' | 'reader',
  ) {
    const command = (sql: string): (() => unknown) => {
      const statement = db.prepare(sql);
      return () => statement.run();
    };
    this.#control = {
      begin: command('begin immediate'),
      commit: command('commit'),
      rollback: command('rollback'),
      savepoint: command('savepoint tx'),
      release: command('release tx'),
      undo: command('rollback to tx'),
    };
  }

  run(request: WireRequest): WireResult[] {
    for (const [id, sql] of request.learn) this.#sql.set(id, sql);
    const results =
      this.role === 'writer' ? this.#group(request.txs) : request.txs.map((tx) => this.#read(tx));
    for (const id of request.forget) {
      this.#sql.delete(id);
      this.#prepared.delete(id);
    }
    return results;
  }

  /** Forgets what was prepared, as columns may have changed, and looks at the schema anew. */
  reset(): void {
    this.#prepared.clear();
    this.db.prepare('select count(*) from sqlite_master').get();
  }

  #read(tx: WireTx): WireResult {
    try {
      return tx.map((step) => this.#execute(step));
    } catch (error) {
      return toWireError(error);
    }
  }

  /** All of them in one SQLite transaction, one disk write; each within a savepoint of its own. */
  #group(txs: WireTx[]): WireResult[] {
    const control = this.#control;
    try {
      control.begin();
      const results = txs.map((tx) => (this.#isSimple(tx) ? this.#simple(tx) : this.#one(tx)));
      control.commit();
      return results;
    } catch (error) {
      if (this.db.inTransaction) control.rollback();
      const failure = toWireError(error);
      // A constraint that is checked at the end only: find out alone whose it is.
      if (failure.code.startsWith('SQLITE_CONSTRAINT') && txs.length > 1)
        return txs.flatMap((tx) => this.#group([tx]));
      return txs.map(() => failure);
    }
  }

  #one(tx: WireTx): WireResult {
    const control = this.#control;
    control.savepoint();
    const result = this.#steps(tx);
    if (!Array.isArray(result)) control.undo();
    control.release();
    return result;
  }

  #steps(tx: WireTx): WireResult {
    const outcomes: WireOutcome[] = [];
    try {
      for (let i = 0; i < tx.length; i++) {
        const step = tx[i]!;
        const outcome = this.#execute(step);
        if (step[1] >= 0 && step[1] !== rowsOf(outcome)) return i;
        outcomes.push(outcome);
      }
      return outcomes;
    } catch (error) {
      return this.#own(error);
    }
  }

  /**
   * SQLite itself undoes one statement that fails. Not so where an expectation or the size of what it
   * returns is looked at afterwards.
   */
  #isSimple(tx: WireTx): boolean {
    const [step] = tx;
    if (!step || tx.length > 1 || step[1] >= 0) return false;
    return this.#prepared.get(step[0])?.statement.reader === false;
  }

  #simple(tx: WireTx): WireResult {
    try {
      return tx.map((step) => this.#execute(step));
    } catch (error) {
      return this.#own(error);
    }
  }

  /** An error that ended the whole transaction (disk full, say) is everyone's; else it is this one's alone. */
  #own(error: unknown): WireResult {
    if (!this.db.inTransaction) throw error;
    return toWireError(error);
  }

  #execute(step: WireStep): WireOutcome {
    const { statement, columns } = this.#prepare(step[0]);
    const values = bindable(step);
    if (!statement.reader) return statement.run(...values).changes;
    const rows = boundedRows(statement.iterate(...values) as IterableIterator<unknown[]>);
    return { changes: statement.readonly ? 0 : rows.length, columns, rows };
  }

  #prepare(id: number): Prepared {
    const known = this.#prepared.get(id);
    if (known) return known;
    const statement = this.db.prepare(this.#sql.get(id)!);
    const columns = statement.reader ? statement.columns().map((column) => column.name) : [];
    if (statement.reader) statement.raw(true);
    const prepared = { statement, columns };
    this.#prepared.set(id, prepared);
    return prepared;
  }
}

/** A thread that runs out of memory would take everyone's requests with it. */
function boundedRows(found: IterableIterator<unknown[]>): unknown[][] {
  const rows: unknown[][] = [];
  let size = 0;
  for (const row of found) {
    for (const value of row) size += sizeOf(value);
    if (rows.push(row) > MAX_ROWS || size > MAX_BYTES) {
      throw new Error(`a result has at most ${MAX_ROWS} rows and ${MAX_BYTES} bytes`);
    }
  }
  return rows;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return value instanceof Uint8Array ? value.byteLength : 8;
}

function rowsOf(outcome: WireOutcome): number {
  return typeof outcome === 'number' ? outcome : outcome.rows.length;
}

/** Whole numbers beyond 32 bits as bigint: better-sqlite3 would bind them as REAL. */
function bindable(step: WireStep): Value[] {
  const values = step.slice(2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (typeof value === 'number' && (value | 0) !== value && Number.isSafeInteger(value))
      values[i] = BigInt(value);
  }
  return values;
}
