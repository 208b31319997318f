import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { fail, ok } from './finding.js';
import type { Check, Finding } from './finding.js';
import { judgeMigrations } from './migration-findings.js';

const BUSY_TIMEOUT_MS = 2_000;
/** A larger file takes too long to be read as a whole. */
const MOST_CHECKED_BYTES = 64 * 1024 * 1024;

/** The embedded database, beside a service that may have it open: nothing is written. */
export const checkSqlite: Check = {
  name: 'database',
  async run({ config }) {
    const file = join(config.state.dir, 'switchyard.db');
    const size = await sizeOf(file);
    if (size === undefined) return [ok('database', `SQLite; ${file} is made at the first start`)];
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return inspect(db, file, size);
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error;
      return [broken(`${file}: ${error.message} (${error.code})`)];
    } finally {
      db.close();
    }
  },
};

function inspect(db: Sqlite.Database, file: string, size: number): Finding[] {
  const version = String(db.prepare('select sqlite_version()').pluck().get());
  const checked = size <= MOST_CHECKED_BYTES;
  const fault = checked ? String(db.pragma('quick_check(1)', { simple: true })) : 'ok';
  if (fault !== 'ok') return [broken(`${file}: ${fault}`)];
  const whole = checked ? 'whole' : 'too large to be checked here: PRAGMA quick_check does it';
  return [
    ok('database', `SQLite ${version}, ${file}, ${size} bytes, ${whole}`),
    judgeMigrations(applied(db)),
  ];
}

function applied(db: Sqlite.Database): string[] {
  const table = db
    .prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_migrations'")
    .get();
  return table ? (db.prepare('select id from schema_migrations').pluck().all() as string[]) : [];
}

function broken(found: string): Finding {
  return fail('database', found, 'stop the service, and restore STATE_DIR from a backup');
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
