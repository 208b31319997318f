import type { Request } from 'koa';
import { invalidInput } from '../../kernel/errors.js';

export type CursorPart = string | number | null;
type PartType = 'string' | 'number';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1_000;
const MAX_CURSOR_LENGTH = 1_024;

/** Opaque to callers: where the next page begins. */
export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor that we made. Throws a 422 for anything but a tuple of these types. */
export function decodeCursor<T extends readonly CursorPart[]>(cursor: string, types: readonly PartType[]): T {
  const parts = parsed(cursor);
  const fits =
    Array.isArray(parts) && parts.length === types.length && parts.every((part, i) => isPart(part, types[i]));
  if (fits) return parts as unknown as T;
  throw invalidInput([{ pointer: '/query/cursor', detail: 'must be a next_cursor from an earlier answer' }]);
}

function isPart(part: unknown, type: PartType | undefined): boolean {
  return typeof part === type && (typeof part !== 'number' || Number.isFinite(part));
}

function parsed(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** The `Link` header to the next page, with the query parameters of this request. */
export function nextLink(request: Request, nextCursor: string): string {
  const query = new URLSearchParams(request.querystring);
  query.set('cursor', nextCursor);
  return `<${request.path}?${query.toString()}>; rel="next"`;
}
