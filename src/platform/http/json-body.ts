import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';
import { findJsonFault, readTopLevelToken } from '../../kernel/raw-json.js';
import { hasBody, readBytes, unreadable } from './body-bytes.js';
import type { RawJsonBody } from './request-context.js';

const MAX_DEPTH = 64;
/** Parsing a MiB of them would hold the event loop for tens of milliseconds. */
const MAX_KEYS = 10_000;
const REPLACEMENT = Buffer.from('\ufffd');
const JSON_TYPE = /^application\/(json|merge-patch\+json)[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

export interface JsonBody {
  raw: RawJsonBody;
  value: unknown;
}

/**
 * Reads a request's JSON body; undefined where it has none. Kinds thrown: `unsupported-media-type`,
 * `too-large` (more than `limitBytes`), `unreadable` (no UTF-8, no JSON, deeper than 64 levels, more than 10,000 keys, cut off).
 */
export async function readJsonBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<JsonBody | undefined> {
  if (!hasBody(request)) return undefined;
  checkType(request);
  const bytes = await readBytes(request, limitBytes);
  if (bytes.length === 0) return undefined;
  return {
    value: parse(bytes),
    raw: { bytes, token: (key) => readTopLevelToken(bytes.toString('utf8'), key) },
  };
}

function checkType({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  const encoding = headers['content-encoding'] ?? 'identity';
  if ((type === undefined || JSON_TYPE.test(type)) && encoding === 'identity') return;
  const what =
    encoding === 'identity' ? `got ${JSON.stringify(type!.slice(0, 64))}` : 'without a Content-Encoding';
  throw new AppError(`The body must be application/json in UTF-8, ${what}`, {
    code: 'request.unsupported-media-type',
    kind: 'unsupported-media-type',
  });
}

function parse(bytes: Buffer): unknown {
  requireUtf8(bytes);
  const fault = findJsonFault(bytes, MAX_DEPTH, MAX_KEYS);
  if (fault) throw unreadable(`The body is no JSON at byte ${fault.offset}: ${fault.reason}`);
  return JSON.parse(bytes.toString('utf8')) as unknown;
}

/** Throws `unreadable` with the place of the first byte that is no UTF-8. */
export function requireUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw unreadable(`The body is no UTF-8 at byte ${invalidUtf8At(bytes)}`);
}

/** Where decoding first put U+FFFD for what was not it. */
function invalidUtf8At(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (;;) {
    const at = text.indexOf('\ufffd', from);
    if (at < 0) return bytes.length;
    offset += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(offset, offset + REPLACEMENT.length).equals(REPLACEMENT)) return offset;
    offset += REPLACEMENT.length;
    from = at + 1;
  }
}
