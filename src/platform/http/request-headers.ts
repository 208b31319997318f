import type { Request } from 'koa';
import { AppError, invalidInput } from '../../kernel/errors.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const WAIT = /(?:^|,)[ \t]*wait[ \t]*(?:=[ \t]*([^,; \t]*))?[ \t]*(?=$|[,;])/gi;
const LONGEST_WAIT_S = 60;

/** The `Idempotency-Key`, where there is one. Throws a 422 unless it is 1 to 255 visible characters. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw invalidInput([{ pointer: '/header/idempotency-key', detail: 'must be 1 to 255 visible characters' }]);
}

/**
 * Seconds asked for by `Prefer: wait=N` (1 to 60), undefined where it is not. Preferences that we do not
 * know are ignored; a `wait` that is out of bounds is a 422 rather than a wait that nobody meant.
 */
export function preferredWaitS(request: Request): number | undefined {
  const matches = [...request.get('Prefer').slice(0, 1000).matchAll(WAIT)];
  const text = matches[0]?.[1]?.replaceAll('"', '');
  if (matches.length === 0) return undefined;
  if (text && /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_WAIT_S)
    return Number(text);
  const detail = `wait must be a whole number from 1 to ${LONGEST_WAIT_S}`;
  throw invalidInput([{ pointer: '/header/prefer', detail }]);
}

/** A strong entity tag of a version. */
export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/** Throws a 412 where `If-Match` is there and names neither `etag` nor `*`. Weak tags never match. */
export function checkIfMatch(request: Request, etag: string): void {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return;
  if (header.split(',').some((tag) => tag.trim() === etag)) return;
  throw new AppError('It has changed since: If-Match names another version', {
    code: 'request.precondition-failed',
    kind: 'precondition-failed',
  });
}

/** Whether `If-None-Match` says that the caller has this version. */
export function isFresh(request: Request, etag: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** The type of `offered` (the first is the default) that the caller likes best. Throws a 406 for none. */
export function negotiate<T extends string>(request: Request, offered: readonly T[]): T {
  const best = request.accepts([...offered]);
  if (typeof best === 'string') return best as T;
  throw new AppError(`The answer can be ${offered.join(' or ')}`, {
    code: 'request.not-acceptable',
    kind: 'not-acceptable',
  });
}
