import type { Duplex } from 'node:stream';
import { problemHeaders, toProblem } from '../http/problem.js';

/** Answers a request for an upgrade as REST answers a refused request, and closes. */
export function refuseUpgrade(socket: Duplex, error: unknown, path: string, requestId: string): void {
  const problem = toProblem(error, path, requestId);
  const body = JSON.stringify(problem);
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    Connection: 'close',
    ...problemHeaders(error),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`);
}
