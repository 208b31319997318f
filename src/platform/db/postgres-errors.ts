import { AppError } from '../../kernel/errors.js';
import { TxConflict } from '../../kernel/tx.js';
import { dbConstraint, dbFailed, dbUnavailable } from './db-errors.js';

/** SQLSTATE of a server's error; none where the connection itself failed. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}

/** Serialisation failure and deadlock: the same transaction may pass at once. */
export function mayPassAtOnce(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Classes: 08 connection, 53 resources, 57 operator (shutdown, timeout), 58 system. */
const AWAY = /^(08|53|57|58)/;

/** One of our names for whatever `pg` threw; no address or password gets through. */
export function postgresError(error: unknown): AppError | TxConflict {
  if (error instanceof AppError || error instanceof TxConflict) return error;
  const state = sqlState(error);
  if (state === undefined || AWAY.test(state)) return dbUnavailable('The database server is away', error);
  const message = error instanceof Error ? error.message : 'unknown';
  if (state.startsWith('23')) return dbConstraint(message, error);
  if (mayPassAtOnce(error)) return dbUnavailable('The database was too contended', error);
  return dbFailed(message, error);
}
