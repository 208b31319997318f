import { AppError } from '../../kernel/errors.js';

export function dbUnavailable(message: string, cause?: unknown): AppError {
  return new AppError(message, { code: 'db.unavailable', kind: 'unavailable', retryAfterS: 2, cause });
}

export function dbOverloaded(): AppError {
  return new AppError('Too many transactions are waiting for the database', {
    code: 'db.overloaded',
    kind: 'unavailable',
    retryAfterS: 1,
  });
}

export function dbConstraint(message: string, cause?: unknown): AppError {
  return new AppError(`The database refused the change: ${message}`, {
    code: 'db.constraint',
    kind: 'conflict',
    cause,
  });
}

export function dbInUse(): AppError {
  return new AppError('Another process has this state folder open; stop it, or name another STATE_DIR', {
    code: 'db.in-use',
    kind: 'unavailable',
    retryable: false,
  });
}

export function dbFailed(message: string, cause?: unknown): AppError {
  return new AppError(`A statement failed: ${message}`, { code: 'db.failed', kind: 'internal', cause });
}

export function readsOnly(): Error {
  return new Error('`.execute()` is for reads; changes go through a Tx and commit()');
}
