import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sleep, systemClock } from '../../kernel/clock.js';
import { IN_USE } from './sqlite-errors.js';
import type { ThreadOptions } from './sqlite-wire.js';

const LOCK_POLL_MS = 100;
const BUSY_TIMEOUT_MS = 5_000;

/** A file held open with the settings of its role. */
export interface SqliteConnection {
  db: Sqlite.Database;
  close(): void;
}

export async function openConnection(options: ThreadOptions): Promise<SqliteConnection> {
  if (options.role === 'reader') return openReader(options.file);
  mkdirSync(dirname(options.file), { recursive: true });
  const lock = options.exclusive ? await lockFile(`${options.file}.lock`, options.lockWaitMs) : undefined;
  const unlock = (): void => void lock?.close();
  try {
    const db = openWriter(options.file);
    return { db, close: () => (db.close(), unlock()) };
  } catch (error) {
    unlock();
    throw error;
  }
}

function openWriter(file: string): Sqlite.Database {
  const db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('cache_size = -16384');
  db.pragma('mmap_size = 0');
  // 32 MB: a page that many transactions change is written to the file once for all of them.
  db.pragma('wal_autocheckpoint = 8000');
  db.pragma('journal_size_limit = 67108864');
  return db;
}

function openReader(file: string): SqliteConnection {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma('cache_size = -8192');
  db.pragma('mmap_size = 0');
  return { db, close: () => void db.close() };
}

/**
 * One process per file: a second, empty SQLite file in an exclusive transaction that is never ended.
 * The operating system takes the lock away with the process, however that ends.
 */
async function lockFile(file: string, waitMs: number): Promise<Sqlite.Database> {
  const db = new Sqlite(file, { timeout: 0 });
  for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
    try {
      db.exec('begin exclusive');
      return db;
    } catch (error) {
      if (waitedMs < waitMs && isBusy(error)) {
        await sleep(systemClock, LOCK_POLL_MS);
        continue;
      }
      db.close();
      throw isBusy(error)
        ? Object.assign(new Error('another process holds the file'), { code: IN_USE })
        : error;
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
