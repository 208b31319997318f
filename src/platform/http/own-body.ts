import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';
import { hasBody, readBytes, unreadable } from './body-bytes.js';
import { requireUtf8 } from './json-body.js';
import type { RawBody } from './request-context.js';
import type { ControllerClass } from './route-table.js';

/**
 * A body that its method reads by itself, because it is large or no JSON. The method's `@Body()` parameter then only
 * documents the JSON form, and is undefined; the bytes are in the request's context.
 */
export interface OwnBody {
  /** Types without parameters: `text/csv`. */
  types: readonly string[];
  limitBytes: number;
}

/** Beside the methods of a controller: `static readonly ownBodies: OwnBodies = { create: … }`. */
export type OwnBodies = Readonly<Record<string, OwnBody>>;

const TYPE = /^([\w.+-]+\/[\w.+-]+)[ \t]*(?:;[ \t]*(?:charset="?utf-8"?|header=\w+)[ \t]*)*$/i;

export function ownBodyOf(controller: ControllerClass, action: string): OwnBody | undefined {
  return (controller as { ownBodies?: OwnBodies }).ownBodies?.[action];
}

/** Kinds thrown: `unsupported-media-type`, `too-large`, `unreadable` (none, cut off, no UTF-8). */
export async function readOwnBody(
  request: IncomingMessage,
  { types, limitBytes }: OwnBody,
): Promise<RawBody> {
  const type = typeOf(request);
  if (type === undefined || !types.includes(type)) {
    throw new AppError(`The body must be ${types.join(' or ')} in UTF-8, without a Content-Encoding`, {
      code: 'request.unsupported-media-type',
      kind: 'unsupported-media-type',
    });
  }
  if (!hasBody(request)) throw unreadable('The body is empty');
  const bytes = await readBytes(request, limitBytes);
  requireUtf8(bytes);
  return { type, bytes };
}

function typeOf({ headers }: IncomingMessage): string | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return undefined;
  const sent = headers['content-type'] ?? 'application/json';
  return TYPE.exec(sent.slice(0, 200))?.[1]?.toLowerCase();
}
