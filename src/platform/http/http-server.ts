import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import { AppError } from '../../kernel/errors.js';
import { createApplication } from './application.js';
import { DEFAULT_LIMITS, type HttpLimits, type HttpServerOptions } from './http-options.js';
import { toProblem } from './problem.js';
import { UpgradableRequest } from './upgradable-request.js';

const DEFAULT_GRACE_MS = 10_000;

export interface HttpServer {
  /** For the `upgrade` event. */
  readonly server: Server;
  /** Listens; resolves with the port. */
  start(): Promise<number>;
  /** Takes no more, finishes the requests in hand for at most `graceMs` (10,000), then cuts them off. */
  stop(graceMs?: number): Promise<void>;
  /** `http://127.0.0.1:8000`, once it listens; for a listener on all addresses the loopback one. */
  address(): string;
}

/** The REST interface, the page, the documentation and the probes on one listener. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits: HttpLimits = { ...DEFAULT_LIMITS, ...options };
  const server = bareServer(options, limits);
  const sockets = new Set<Socket>();
  let starting: Promise<number> | undefined;
  let stopping: Promise<void> | undefined;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseBytes(error, socket, options.clock),
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  async function start(): Promise<number> {
    const app = await createApplication(options, limits);
    const answer = app.callback();
    server.on('request', (request, response) => void answer(request, response));
    server.on('request', (_request, response) => {
      response.once('close', () => stopping && server.closeIdleConnections());
    });
    return listen(server, options);
  }
  return {
    server,
    start: () => (starting ??= start()),
    stop: (graceMs = DEFAULT_GRACE_MS) => (stopping ??= close(server, sockets, options.clock, graceMs)),
    address: () => addressOf(server, options),
  };
}

function addressOf(server: Server, { host, tls }: HttpServerOptions): string {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = everywhere[host] ?? host;
  const { port } = server.address() as AddressInfo;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function bareServer({ tls }: HttpServerOptions, limits: HttpLimits): Server {
  const timing: ServerOptions<typeof UpgradableRequest> = {
    IncomingMessage: UpgradableRequest,
    maxHeaderSize: limits.headerLimitBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
  };
  const server = tls ? createTlsServer({ ...timing, cert: tls.cert, key: tls.key }) : createServer(timing);
  server.maxConnections = limits.maxConnections;
  server.timeout = limits.idleTimeoutMs;
  return server;
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server, sockets: Set<Socket>, clock: Clock, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const lastResort = clock.after(graceMs, () => {
    for (const socket of sockets) socket.destroy();
  });
  server.prependListener('request', (_request, response) => void response.setHeader('Connection', 'close'));
  await closed;
  lastResort.cancel();
}

/** What is no HTTP at all never reaches the application; it is answered in the same form. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket, clock: Clock): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [line, message] = refusalOf(error.code);
  const requestId = newUuid(clock.now());
  const fault = new AppError(message, { code: 'request.unreadable', kind: 'unreadable' });
  const problem = {
    ...toProblem(fault, '', requestId),
    status: Number(line.slice(0, 3)),
    title: line.slice(4),
  };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function refusalOf(code: string | undefined): [line: string, message: string] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['431 Request Header Fields Too Large', 'The headers are too large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'The request did not come in time'];
  return ['400 Bad Request', 'This is no HTTP request'];
}
