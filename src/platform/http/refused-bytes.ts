import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { toProblem } from './problem.js';

const BAD_REQUEST = '400 Bad Request';

/** What is no HTTP at all never reaches the application; it is answered in the same form. */
export function refuseBytes(error: NodeJS.ErrnoException, socket: Socket, clock: Clock): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [line, message] = refusalOf(error.code);
  const { headers, body } = refusal(line, message, clock);
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${line}\r\n${fields.join('')}\r\n${body}`);
}

/**
 * Whether a request says what it is for: a target that can be read, and its host, exactly once since HTTP/1.1.
 * One with two can be another one to a proxy than to us. Where not, it is answered here, and the connection closed.
 */
export function isAddressed(request: IncomingMessage, response: ServerResponse, clock: Clock): boolean {
  const hosts = countHosts(request.rawHeaders);
  const hasHost = hosts === 1 || (hosts === 0 && request.httpVersion === '1.0');
  if (hasHost && isTarget(request.url ?? '')) return true;
  const message = hasHost ? 'The request target is no URL' : 'A request names its Host once';
  const { headers, body } = refusal(BAD_REQUEST, message, clock);
  response.writeHead(400, headers).end(body);
  return false;
}

/** Of names and values in turn. */
function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts;
}

function isTarget(url: string): boolean {
  return url.startsWith('/') || url === '*' || URL.canParse(url);
}

function refusalOf(code: string | undefined): [line: string, message: string] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['431 Request Header Fields Too Large', 'The headers are too large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'The request did not come in time'];
  return [BAD_REQUEST, 'This is no HTTP request'];
}

function refusal(
  line: string,
  message: string,
  clock: Clock,
): { headers: Record<string, string>; body: string } {
  const requestId = newUuid(clock.now());
  const fault = new AppError(message, { code: 'request.unreadable', kind: 'unreadable' });
  const own = { status: Number(line.slice(0, 3)), title: line.slice(4) };
  const body = JSON.stringify({ ...toProblem(fault, '', requestId), ...own });
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
  };
  return { headers, body };
}
