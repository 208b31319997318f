import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/clock.js';
import type { HotAnswer, HotRead } from '../../kernel/hot-read.js';
import type { AccessLog } from './access-log.js';
import { namesTag } from './etag.js';
import type { Principal, Role } from './request-context.js';
import { traceOf } from './request-trace.js';
import { mayAct, rolesOf } from './roles.js';
import type { Route } from './route-table.js';

/** Undefined for whoever is not let in; counts nothing as a failed attempt. */
export type Recognise = (request: IncomingMessage) => Principal | undefined;

export interface HotReadsOptions {
  reads: readonly HotRead[];
  routes: readonly Route[];
  recognise: Recognise;
  clock: Clock;
  accessLog: AccessLog;
  /** What every answer carries. */
  headers: Readonly<Record<string, string>>;
}

interface Known extends HotRead {
  roles: readonly Role[];
}

/** What a client says that takes any JSON; anything else is weighed by the framework. */
const TAKES_JSON = new Set([undefined, '*/*', 'application/json', 'application/json, text/plain, */*']);

/**
 * Answers a request and says so, or leaves it untouched (false). Ids, authentication, roles, log and metrics are those
 * of the framework's way; whatever is unusual, unknown or refused goes there, so that it is refused in one place alone.
 */
export function createHotReads(
  options: HotReadsOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { clock, accessLog, recognise } = options;
  const reads = new Map<string, Known[]>();
  for (const read of options.reads) {
    const [folder] = split(read.route);
    reads.set(folder, [
      ...(reads.get(folder) ?? []),
      { ...read, roles: rolesOf(routeOf(read, options.routes)) },
    ]);
  }
  const constant = Object.entries(options.headers).flat();

  return (request, response) => {
    if (request.method !== 'GET') return false;
    const [folder, last] = split(request.url!);
    const known = reads.get(folder);
    if (!known) return false;
    const startedAt = clock.monotonic();
    const found = findIn(known, last);
    if (!found || isUnusual(request)) return false;
    const principal = recognise(request);
    if (!principal || !mayAct(principal.role, found.read.roles)) return false;
    const trace = traceOf(request.headers, clock.now());
    const head = ['X-Request-Id', trace.requestId, 'traceparent', trace.traceparent, ...constant];
    const status = send(request, response, found.answer, head);
    const { requestId } = trace;
    const { route } = found.read;
    const answered = {
      method: 'GET',
      route,
      status,
      startedAt,
      requestId,
      principal: principal.name,
      aborted: false,
    };
    accessLog(answered);
    return true;
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: HotAnswer, head: string[]): number {
  const { headers, contentType, body } = answer;
  const etag = headers['ETag'];
  const isKnown = etag !== undefined && namesTag(request.headers['if-none-match'], etag);
  const bytes = Buffer.byteLength(body);
  if (!isKnown) head.push('Content-Type', contentType, 'Content-Length', String(bytes));
  for (const name in headers) head.push(name, headers[name]!);
  const status = isKnown ? 304 : 200;
  response.writeHead(status, head);
  // What is ASCII alone needs no encoding.
  if (isKnown) response.end();
  else response.end(body, bytes === body.length ? 'latin1' : 'utf8');
  return status;
}

function findIn(known: readonly Known[], last: string): { read: Known; answer: HotAnswer } | undefined {
  for (const read of known) {
    const answer = read.find(last);
    if (answer) return { read, answer };
  }
  return undefined;
}

/** Whether a request carries what is for the framework. Spelled out: a list of names takes four times as long. */
function isUnusual({ headers }: IncomingMessage): boolean {
  return (
    !TAKES_JSON.has(headers.accept) ||
    headers['content-length'] !== undefined ||
    headers['transfer-encoding'] !== undefined ||
    headers['idempotency-key'] !== undefined ||
    headers['if-match'] !== undefined ||
    headers['if-modified-since'] !== undefined ||
    headers['if-unmodified-since'] !== undefined ||
    headers['prefer'] !== undefined ||
    headers['range'] !== undefined
  );
}

function split(path: string): [folder: string, last: string] {
  const at = path.lastIndexOf('/') + 1;
  return [path.slice(0, at), path.slice(at)];
}

function routeOf({ route }: HotRead, routes: readonly Route[]): Route {
  const found = routes.find(({ method, path }) => method === 'get' && path === route);
  if (!found) throw new Error(`a hot read is declared for ${route}, which no controller answers`);
  return found;
}
