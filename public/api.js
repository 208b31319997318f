const TOKEN_KEY = 'switchyard.token';
const TIMEOUT_MS = 15_000;

export const access = new EventTarget();

export const token = {
  get: () => sessionStorage.getItem(TOKEN_KEY),
  keep(value) {
    sessionStorage.setItem(TOKEN_KEY, value);
    access.dispatchEvent(new Event('changed'));
  },
  forget() {
    sessionStorage.removeItem(TOKEN_KEY);
    access.dispatchEvent(new Event('changed'));
  },
};

/** An answer that is no success (RFC 9457), or none at all: `status` is 0. */
export class CallError extends Error {
  constructor(message, { status = 0, errors = [], retryAfterS = 0 } = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the same call may succeed a little later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Calls the API with the token that is kept; throws a CallError where the answer is none of `accepted`. */
export async function call(path, { signal, headers = {}, accepted = [], ...init } = {}) {
  const kept = token.get();
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(path, {
    ...init,
    cache: 'no-store',
    headers: { Accept: 'application/json', ...headers, ...(kept ? { Authorization: `Bearer ${kept}` } : {}) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new CallError('The service does not answer.');
  });
  if (response.ok || accepted.includes(response.status)) return response;
  const error = await problemOf(response);
  if (error.status === 401) {
    access.dispatchEvent(new CustomEvent('refused', { detail: { hadToken: kept !== null } }));
  }
  throw error;
}

export async function callJson(path, options) {
  return (await call(path, options)).json();
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const message = problem.detail ?? problem.title ?? `The service answered ${response.status}.`;
  return new CallError(message, {
    status: response.status,
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    retryAfterS: Number(response.headers.get('Retry-After')) || 0,
  });
}
