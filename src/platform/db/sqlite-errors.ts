import { AppError } from '../../kernel/errors.js';
import { constraintFailed, diskFull, inUse, statementFailed, unavailable } from './db-errors.js';
import type { WireError } from './sqlite-wire.js';

/** Another process holds the lock beside the file. */
export const IN_USE = 'IN_USE';

/** The second is the index of the log, which is shared memory in a file of its own. */
const FULL = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'];

const AWAY = ['SQLITE_IOERR', 'SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'];

/** An error as a thread met it; errors lose their fields on the way between threads. */
export function toWireError(error: unknown): WireError {
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return { code: typeof code === 'string' ? code : '', message };
}

/** What SQLite's result codes mean to a caller. */
export function fromWireError(error: WireError): AppError {
  const cause = Object.assign(new Error(error.message), { code: error.code });
  if (error.code === IN_USE) return inUse(cause);
  if (error.code.startsWith('SQLITE_CONSTRAINT')) return constraintFailed(cause);
  if (FULL.includes(error.code)) return diskFull(cause);
  if (AWAY.some((code) => error.code.startsWith(code))) {
    return unavailable(`the database cannot be read or written (${error.code})`, cause);
  }
  return statementFailed(cause);
}
