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

/** Whether an `If-None-Match` header names the tag; weak and strong ones of a version are the same here (RFC 9110, 13.1.2). */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const wanted = withoutWeakness(etag);
  return header.split(',').some((tag) => tag.trim() === '*' || withoutWeakness(tag.trim()) === wanted);
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
