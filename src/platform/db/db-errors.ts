import { AppError } from '../../kernel/errors.js';

/** The database is away, full or too slow; the change may or may not have happened. */
export function unavailable(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'db.unavailable', kind: 'unavailable', retryAfterS: 1, cause });
}

/** Too much waits already; nothing was sent. */
export function overloaded(): AppError {
  const message = 'the database has too much to do at the moment';
  return new AppError(message, { code: 'db.overloaded', kind: 'unavailable', retryAfterS: 1 });
}

export function constraintFailed(cause: unknown): AppError {
  const message = 'the change contradicts what is stored';
  return new AppError(message, { code: 'db.constraint', kind: 'conflict', cause });
}

export function databaseFailed(cause: unknown): AppError {
  return new AppError('the database refused a statement', { code: 'db.failed', kind: 'internal', cause });
}

/** Writes go through `begin`, `add` and `commit`, so that they are grouped and never interleave. */
export function readsOnly(): AppError {
  const message = 'only SELECT may be executed directly; changes go through begin(), add() and commit()';
  return new AppError(message, { code: 'db.reads-only', kind: 'internal' });
}
