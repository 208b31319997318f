import { Worker } from 'node:worker_threads';
import type { AppError } from '../../kernel/errors.js';
import { dbConstraint, dbFailed, dbInUse, dbUnavailable } from './db-errors.js';
import type { FromThread, SqliteThreadData, ToThread, WireError } from './sqlite-protocol.js';

type Reply = Extract<FromThread, { id: number }>;
/** A request before it has its number. */
export type Request = ToThread extends infer T ? (T extends { id: number } ? Omit<T, 'id'> : never) : never;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: AppError): void;
}

/** One SQLite connection on a thread of its own. When the thread dies, everything waiting is rejected as unavailable. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #nextId = 0;
  #dead = false;

  constructor(data: SqliteThreadData, onDeath: () => void) {
    this.#worker = new Worker(new URL('./sqlite.worker.js', import.meta.url), { workerData: data });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'failed') reject(openError(message.error));
        else this.#settle(message);
      });
      this.#worker.on('error', (error) => reject(dbUnavailable('The database thread failed', error)));
      this.#worker.once('exit', () => {
        this.#dead = true;
        reject(dbUnavailable('The database thread ended'));
        for (const { reject: fail } of this.#waiting.values())
          fail(dbUnavailable('The database thread ended'));
        this.#waiting.clear();
        onDeath();
      });
    });
    // A failed opening is reported by whoever awaits `ready`.
    this.#ready.catch(() => undefined);
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  request(request: Request): Promise<Reply> {
    if (this.#dead) return Promise.reject(dbUnavailable('The database thread ended'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  async close(): Promise<void> {
    if (this.#dead) return;
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    await this.request({ kind: 'close' }).catch(() => undefined);
    await exited;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'error') waiting?.reject(sqliteError(reply.error));
    else waiting?.resolve(reply);
  }
}

function openError(error: WireError): AppError {
  if (error.code.startsWith('SQLITE_BUSY')) return dbInUse();
  return dbUnavailable(`The database file cannot be opened (${error.code})`);
}

const UNAVAILABLE = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
];

export function sqliteError(error: WireError): AppError {
  if (UNAVAILABLE.some((code) => error.code.startsWith(code))) {
    return dbUnavailable(`The database cannot be written or read (${error.code})`);
  }
  if (error.code.startsWith('SQLITE_CONSTRAINT')) return dbConstraint(error.message);
  return dbFailed(error.message);
}
