import { AppError, type ErrorKind, type FieldError } from '../../kernel/errors.js';

/** RFC 9457 with our members. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** Stable and dotted: `tasks.not-found`. */
  code: string;
  request_id: string;
  errors?: readonly FieldError[];
}

/** The one place where an error becomes an HTTP status: by our kinds, never by an error's own `status`. */
const STATUS: Readonly<Record<ErrorKind, readonly [status: number, title: string]>> = {
  unreadable: [400, 'Bad Request'],
  unauthenticated: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  'method-not-allowed': [405, 'Method Not Allowed'],
  'not-acceptable': [406, 'Not Acceptable'],
  conflict: [409, 'Conflict'],
  gone: [410, 'Gone'],
  'precondition-failed': [412, 'Precondition Failed'],
  'too-large': [413, 'Content Too Large'],
  'unsupported-media-type': [415, 'Unsupported Media Type'],
  invalid: [422, 'Unprocessable Content'],
  'too-many': [429, 'Too Many Requests'],
  internal: [500, 'Internal Server Error'],
  unavailable: [503, 'Service Unavailable'],
};

const DEFAULT_RETRY_AFTER_S = 5;

/** What anything thrown is to the caller. Unknown errors are masked: nothing of them is shown. */
export function toProblem(error: unknown, instance: string, requestId: string): Problem {
  const known = error instanceof AppError ? error : undefined;
  const [status, title] = STATUS[known?.kind ?? 'internal'];
  return {
    type: 'about:blank',
    title,
    status,
    detail: known?.message ?? 'Something went wrong here; the log has it under the request id',
    instance,
    code: known?.code ?? 'internal',
    request_id: requestId,
    ...(known && known.errors.length > 0 ? { errors: known.errors } : {}),
  };
}

/** Headers that belong to an error's answer. */
export function problemHeaders(error: unknown): Record<string, string> {
  if (!(error instanceof AppError)) return {};
  if (error.kind === 'unauthenticated') return { 'WWW-Authenticate': 'Bearer realm="switchyard"' };
  const mayRetry = error.kind === 'too-many' || error.kind === 'unavailable';
  if (!mayRetry && error.retryAfterS === undefined) return {};
  return { 'Retry-After': String(Math.max(1, Math.ceil(error.retryAfterS ?? DEFAULT_RETRY_AFTER_S))) };
}
