import { parentPort, workerData } from 'node:worker_threads';
import SqliteFile from 'better-sqlite3';
import type { Database as Connection, Statement } from 'better-sqlite3';
import type {
  FromThread,
  SqliteThreadData,
  ToThread,
  TransactionReply,
  WireError,
  WireOutcome,
  WireStep,
} from './sqlite-protocol.js';

const BUSY_MS = 10_000;
const MOST_STATEMENTS = 400;

const data = workerData as SqliteThreadData;
const port = parentPort;
if (!port) throw new Error('sqlite.worker runs on a worker thread');
const send = (message: FromThread): void => port.postMessage(message);

/** The writer of a process that must be alone keeps this lock until it ends, however it ends. */
function takeLock(file: string): Connection {
  const lock = new SqliteFile(`${file}.lock`, { timeout: BUSY_MS });
  lock.pragma('journal_mode = delete');
  lock.exec('begin exclusive');
  return lock;
}

function open(): { connection: Connection; lock: Connection | undefined } {
  const lock = data.exclusive && data.role === 'writer' ? takeLock(data.file) : undefined;
  const connection = new SqliteFile(data.file, { timeout: BUSY_MS, readonly: data.role === 'reader' });
  if (data.role === 'writer') {
    connection.pragma('journal_mode = wal');
    connection.pragma('synchronous = full');
    connection.pragma('foreign_keys = on');
    connection.pragma('journal_size_limit = 67108864');
  }
  connection.pragma('cache_size = -8192');
  connection.pragma('temp_store = memory');
  return { connection, lock };
}

function wireError(error: unknown): WireError {
  const { code } = error as { code?: unknown };
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Prepared statements by their text, the least recently used dropped. */
function statementCache(connection: Connection): (sql: string) => Statement {
  const statements = new Map<string, Statement>();
  return (sql) => {
    let statement = statements.get(sql);
    if (statement) {
      statements.delete(sql);
    } else {
      statement = connection.prepare(sql);
      const [oldest] = statements.keys();
      if (statements.size >= MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    }
    statements.set(sql, statement);
    return statement;
  };
}

class ExpectationFailed extends Error {
  constructor(readonly step: number) {
    super('expectation failed');
  }
}

function serve(connection: Connection, lock: Connection | undefined): void {
  const prepare = statementCache(connection);

  function runStep([sql, parameters, expected]: WireStep, index: number): WireOutcome {
    const statement = prepare(sql);
    let outcome: WireOutcome;
    if (statement.reader) {
      const rows = statement.all(...parameters);
      outcome = [rows.length, rows];
    } else {
      outcome = [statement.run(...parameters).changes, []];
    }
    if (expected >= 0 && outcome[0] !== expected) throw new ExpectationFailed(index);
    return outcome;
  }

  function runTransaction(steps: WireStep[]): TransactionReply {
    try {
      return { outcomes: steps.map(runStep) };
    } catch (error) {
      if (error instanceof ExpectationFailed) return { conflict: error.step };
      return { error: wireError(error) };
    }
  }

  /** Each transaction under its own savepoint, all under one commit. */
  function runBatch(transactions: WireStep[][]): TransactionReply[] {
    connection.exec('begin immediate');
    try {
      const replies = transactions.map((steps) => {
        prepare('savepoint one').run();
        const reply = runTransaction(steps);
        if (!('outcomes' in reply)) prepare('rollback to one').run();
        prepare('release one').run();
        return reply;
      });
      connection.exec('commit');
      return replies;
    } catch (error) {
      if (connection.inTransaction) connection.exec('rollback');
      return transactions.map(() => ({ error: wireError(error) }));
    }
  }

  function handle(message: ToThread): void {
    if (message.kind === 'commit') {
      send({ kind: 'committed', id: message.id, replies: runBatch(message.transactions) });
    } else if (message.kind === 'read') {
      send({ kind: 'read', id: message.id, rows: prepare(message.sql).all(...message.parameters) });
    } else {
      connection.close();
      lock?.close();
      send({ kind: 'closed', id: message.id });
      port?.close();
    }
  }

  port?.on('message', (message: ToThread) => {
    try {
      handle(message);
    } catch (error) {
      send({ kind: 'error', id: message.id, error: wireError(error) });
    }
  });
}

try {
  const { connection, lock } = open();
  serve(connection, lock);
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'failed', error: wireError(error) });
  port.close();
}
