import type { Request } from 'koa';
import { type AppError, invalidInput } from '../../kernel/errors.js';

export type CursorPart = string | number | null;

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1_000;
const MAX_CURSOR_LENGTH = 1_024;

/** Opaque to callers: where the next page begins. */
export function encodeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor, their types still to be looked at. Throws a 422 for what no answer of ours gave. */
export function decodeCursor(cursor: string): readonly unknown[] {
  const parts = parsed(cursor);
  if (Array.isArray(parts)) return parts as readonly unknown[];
  throw invalidCursor();
}

/** For cursors whose parts are of the wrong type. */
export function invalidCursor(): AppError {
  return invalidInput([{ pointer: '/query/cursor', detail: 'must be a cursor that an earlier page gave' }]);
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
export function linkToNext(request: Request, nextCursor: string): string {
  const query = new URLSearchParams(request.querystring);
  query.set('cursor', nextCursor);
  return `<${request.path}?${query.toString()}>; rel="next"`;
}
