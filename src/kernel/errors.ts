/**
 * What an error means to whoever caused it. The edges map kinds to HTTP statuses, to what
 * happens to a message, and to exit codes; nothing else decides those.
 */
export type ErrorKind =
  | 'unreadable'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'conflict'
  | 'gone'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media-type'
  | 'invalid'
  | 'too-many'
  | 'unavailable'
  | 'internal';

/** One fault in an input: where (RFC 6901 pointer), what was expected and what came. */
export interface FieldError {
  pointer: string;
  detail: string;
}

export interface AppErrorOptions {
  /** Stable and dotted: `tasks.not-found`. */
  code: string;
  kind: ErrorKind;
  /** Whether the same call may succeed later. Default: true for `unavailable` and `too-many`. */
  retryable?: boolean;
  errors?: readonly FieldError[];
  /** Seconds after which a retry makes sense. */
  retryAfterS?: number;
  cause?: unknown;
}

/** The one error class that may reach a user; its message is shown as it is, so it holds no secret. */
export class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly errors: readonly FieldError[];
  readonly retryAfterS: number | undefined;

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.kind = options.kind;
    this.retryable = options.retryable ?? (options.kind === 'unavailable' || options.kind === 'too-many');
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

/** A 422 with its faults; the message counts them. */
export function invalidInput(errors: readonly FieldError[], code = 'request.invalid'): AppError {
  const message = errors.length === 1 ? '1 field is invalid' : `${errors.length} fields are invalid`;
  return new AppError(message, { code, kind: 'invalid', errors });
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
