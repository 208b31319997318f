import { t } from '../i18n/index.js';
import { refused, token } from './session.js';

const TIMEOUT_MS = 15_000;

/** An answer that is no success (RFC 9457), or none at all: `status` is 0. */
export class CallError extends Error {
  constructor(message, { status = 0, code = '', errors = [], requestId = '', retryAfterS = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.requestId = requestId;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the same call may succeed a little later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Calls the API with the token that is kept. Throws a CallError where the answer is no success. */
export async function call(path, { signal, headers = {}, ...init } = {}) {
  const kept = token.get();
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(path, {
    ...init,
    cache: 'no-store',
    headers: { Accept: 'application/json', ...headers, ...(kept ? { Authorization: `Bearer ${kept}` } : {}) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new CallError(t('error.noAnswer'));
  });
  if (response.ok) return response;
  const error = await problemOf(response);
  if (error.status === 401) refused.set({ hadToken: kept !== null });
  throw error;
}

export async function getJson(path, options) {
  return (await call(path, options)).json();
}

/** Sends `body` as JSON; gives the answer's JSON, or null where it has none. */
export async function send(method, path, body, { headers, ...options } = {}) {
  const response = await call(path, {
    ...options,
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? null : response.json();
}

/** A path with those of `query` that have a value. */
export function withQuery(path, query) {
  const filled = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled)}`;
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const message = problem.detail ?? problem.title ?? t('error.status', { status: response.status });
  return new CallError(message, {
    status: response.status,
    code: problem.code ?? '',
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    requestId: problem.request_id ?? response.headers.get('X-Request-Id') ?? '',
    retryAfterS: Number(response.headers.get('Retry-After')) || 0,
  });
}
