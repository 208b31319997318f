import { decodeCursor, encodeCursor, invalidCursor } from '../../../platform/http/paging.js';
import type { LogPosition } from './status-log.queries.js';

export function logCursor({ at, arrived, status }: LogPosition): string {
  return encodeCursor([at, arrived, status]);
}

/** Throws a 422 for what no page gave. */
export function positionIn(cursor: string): LogPosition {
  const [at, arrived, status] = decodeCursor(cursor);
  const isPosition = Number.isSafeInteger(at) && Number.isSafeInteger(arrived) && typeof status === 'string';
  if (!isPosition || status.includes('\0')) throw invalidCursor();
  return { at: at as number, arrived: arrived as number, status };
}
