import type { Request } from 'koa';
import { AppError } from '../../kernel/errors.js';

/** A strong entity tag of a version. */
export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/**
 * Throws a 412 where `If-Match` is there and names neither `etag` nor `*`. Weak tags never match. `relevant` is what of a
 * tag must be the same. Default: all of it.
 */
export function requireMatch(request: Request, etag: string, relevant = (tag: string): string => tag): void {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return;
  if (header.split(',').some((tag) => relevant(tag.trim()) === relevant(etag))) return;
  throw new AppError('It has changed since: If-Match names another version', {
    code: 'request.precondition-failed',
    kind: 'precondition-failed',
  });
}

/** Whether `If-None-Match` says that the caller has this version. */
export function isFresh(request: Request, etag: string): boolean {
  return namesTag(request.headers['if-none-match'], etag);
}

/** Whether an `If-None-Match` header names the tag, in its weak form too. */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
