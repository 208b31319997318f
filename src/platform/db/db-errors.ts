import { AppError } from '../../kernel/errors.js';

/** The database is away, full or too slow; unless nothing was sent, the change may have happened. */
export function unavailable(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'db.unavailable', kind: 'unavailable', retryAfterS: 2, cause });
}

const DISK_FULL = 'db.disk-full';

/** Nothing was written; as soon as there is space, the same call succeeds. */
export function diskFull(cause: unknown): AppError {
  const message = 'there is no space left on the disk of the database';
  return new AppError(message, { code: DISK_FULL, kind: 'unavailable', retryAfterS: 5, cause });
}

export function isDiskFull(error: unknown): error is AppError {
  return error instanceof AppError && error.code === DISK_FULL;
}

/** Too much waits already; nothing was sent. */
export function overloaded(): AppError {
  const message = 'the database has too much to do at the moment';
  return new AppError(message, { code: 'db.overloaded', kind: 'unavailable', retryAfterS: 1 });
}

export function inUse(cause: unknown): AppError {
  const message = 'another process has this state folder open; stop it, or name another STATE_DIR';
  return new AppError(message, { code: 'db.in-use', kind: 'unavailable', retryable: false, cause });
}

/** The cause says which constraint; it may quote values, so it is for the log. */
export function constraintFailed(cause: unknown): AppError {
  return new AppError('the change contradicts what is stored', {
    code: 'db.constraint',
    kind: 'conflict',
    cause,
  });
}

export function statementFailed(cause: unknown): AppError {
  return new AppError('the database refused a statement', { code: 'db.failed', kind: 'internal', cause });
}

/** A mistake in the calling code. */
export function misused(message: string): AppError {
  return new AppError(message, { code: 'db.misuse', kind: 'internal' });
}

/** Writes go through `begin`, `add` and `commit`, so that they are grouped and never interleave. */
export function readsOnly(): AppError {
  return misused('only SELECT may be executed directly; changes go through begin(), add() and commit()');
}
