import type { Request } from 'koa';
import { isUuid } from '../../../kernel/ids.js';
import { idempotencyKeyOf } from '../../../platform/http/idempotency-key.js';
import { decodeCursor, invalidCursor } from '../../../platform/http/paging.js';
import { contextOf } from '../../../platform/http/request-context.js';
import type { Sight } from './clients-api.js';
import type { Once } from './make-once.js';

/** Not the id of any client: a `client` token that names none sees nothing. */
const NOBODY = '';

/** Whose things the caller may see: a `client` token its own client's, all others everybody's. */
export function sightOf(request: Request): Sight {
  const { role, clientId = NOBODY } = contextOf(request).principal;
  return role === 'client' ? clientId : undefined;
}

/** The name that is kept with every act. */
export function actorOf(request: Request): string {
  return contextOf(request).principal.name;
}

/** Where the call has an `Idempotency-Key`. */
export function onceOf(request: Request, call: string): Once | undefined {
  const key = idempotencyKeyOf(request);
  const { principal, body } = contextOf(request);
  return key !== undefined && body
    ? { scope: `${principal.name} ${call}`, key, body: body.bytes }
    : undefined;
}

/** The id that a page ended with. */
export function idInCursor(cursor: string): string {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}
