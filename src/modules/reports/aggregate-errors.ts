import { AppError } from '../../kernel/errors.js';

/** Failures that pass by themselves, such as too many open files. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'EIO', 'ENOMEM', 'ESTALE', 'ETIMEDOUT']);

export function dataMissing(cause?: unknown): AppError {
  return new AppError('The data file is missing', {
    code: 'reports.data-missing',
    kind: 'unavailable',
    retryable: false,
    cause,
  });
}

/** `reason` is a system error code or a short text. */
export function dataUnreadable(reason: string, cause?: unknown): AppError {
  return new AppError(`The data file cannot be read: ${reason}`, {
    code: 'reports.data-unreadable',
    kind: 'unavailable',
    retryable: PASSING.has(reason),
    cause,
  });
}

export function dataDamaged(offset: number, reason: string): AppError {
  return new AppError(`The data file is damaged at byte ${offset}: ${reason}`, {
    code: 'reports.data-damaged',
    kind: 'conflict',
  });
}

export function dataChanging(): AppError {
  return new AppError('The data file keeps changing while it is read', {
    code: 'reports.data-changing',
    kind: 'unavailable',
    // It was tried again for as long as DATA_SETTLE_S says.
    retryable: false,
  });
}

/** `retryable` where it was not the caller who ended it. */
export function aggregationCancelled(retryable = false): AppError {
  return new AppError('The aggregation was cancelled', {
    code: 'reports.cancelled',
    kind: 'conflict',
    retryable,
  });
}
