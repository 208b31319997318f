/**
 * The receivers: every path is one, those below the number of hanging ones never answer, all others do at once.
 * Counts what comes, and how long events took from `data.at` to here.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from '../live/ask-process.js';

let hanging = 0;
let counted = 0;
let wanted = Infinity;
let reached: (() => void) | undefined;
let latencies: number[] = [];
const AT = /"at":(\d+)/;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const number = Number(request.url!.slice(1));
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    if (number < hanging) return;
    const at = AT.exec(body)?.[1];
    if (at !== undefined) latencies.push(Date.now() - Number(at));
    response.writeHead(204).end();
    if (++counted >= wanted) reached?.();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answer(
  {
    port: () => (server.address() as AddressInfo).port,
    hang: (count: number) => {
      hanging = count;
    },
    reset: () => {
      counted = 0;
      latencies = [];
    },
    /** Resolves with the time when so many have come. */
    when: (count: number) =>
      new Promise<number>((resolve) => {
        wanted = count;
        reached = () => {
          wanted = Infinity;
          resolve(Date.now());
        };
        if (counted >= count) reached();
      }),
    counted: () => counted,
    latencies: () => latencies,
  },
  () => server.closeAllConnections(),
);
