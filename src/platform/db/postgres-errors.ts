import { AppError } from '../../kernel/errors.js';
import { TxConflict } from '../../kernel/tx.js';
import { constraintFailed, statementFailed, unavailable } from './db-errors.js';

/** The SQLSTATE of what the server said; none where the connection itself failed. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}

/** Serialisation failure, deadlock, and a prepared statement that a change of the schema made stale. */
const PASSES_AGAIN = new Set(['40001', '40P01', '0A000', '26000']);

/** Whether the same transaction may pass when it is sent again: nothing of it happened. */
export function mayPassAgain(error: unknown): boolean {
  return PASSES_AGAIN.has(sqlState(error) ?? '');
}

/** Classes of connection trouble, lack of resources, intervention (shutdown, timeout) and system errors. */
const AWAY = /^(08|53|57|58)/;

/** Whether the connection is of no more use after this error. */
export function spoilsConnection(error: unknown): boolean {
  if (error instanceof TxConflict || error instanceof AppError) return false;
  const state = sqlState(error);
  return state === undefined || state.startsWith('08') || state.startsWith('57P') || PASSES_AGAIN.has(state);
}

/** Our name for whatever `pg` threw. */
export function postgresError(error: unknown): AppError | TxConflict {
  if (error instanceof AppError || error instanceof TxConflict) return error;
  const state = sqlState(error);
  if (state === undefined || AWAY.test(state))
    return unavailable('the database server is away or too slow', error);
  if (state.startsWith('23')) return constraintFailed(error);
  if (mayPassAgain(error)) return unavailable('too many want the same rows at the moment', error);
  return statementFailed(error);
}

/** For a log: the code where there is one, as messages may be long and addresses many. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(' ');
}
