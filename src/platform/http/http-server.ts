import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.js';
import { type AccessLog, createAccessLog } from './access-log.js';
import { createApplication } from './application.js';
import { createHotReads } from './hot-reads.js';
import { DEFAULT_LIMITS, type HttpLimits, type HttpServerOptions } from './http-options.js';
import { isAddressed, refuseBytes } from './refused-bytes.js';
import { securityHeaders } from './security-headers.js';
import { UpgradableRequest } from './upgradable-request.js';

const DEFAULT_GRACE_MS = 10_000;
const HANG_UP_EVERY_MS = 20;

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
    const accessLog = createAccessLog(options.clock, options.log, options.metrics);
    const app = await createApplication(options, limits, accessLog);
    const answer = app.callback();
    const answerHot = hotReadsOf(options, accessLog);
    server.on('request', (request, response) => {
      if (!isAddressed(request, response, options.clock)) return;
      if (!answerHot(request, response)) void answer(request, response);
    });
    // Node would say 417, in no form of ours; HTTP leaves it open to take no notice.
    server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
    return listen(server, options);
  }
  return {
    server,
    start: () => (starting ??= start()),
    stop: (graceMs = DEFAULT_GRACE_MS) => (stopping ??= close(server, sockets, options.clock, graceMs)),
    address: () => addressOf(server, options),
  };
}

function hotReadsOf(options: HttpServerOptions, accessLog: AccessLog): ReturnType<typeof createHotReads> {
  const { hotReads: reads = [], recognise, routes, clock, tls } = options;
  if (!recognise) return () => false;
  const headers = securityHeaders(Boolean(tls));
  return createHotReads({ reads, routes: routes.routes, recognise, clock, accessLog, headers });
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
    requireHostHeader: false, // it is asked for, with an answer in our form
  };
  const server = tls ? createTlsServer({ ...timing, cert: tls.cert, key: tls.key }) : createServer(timing);
  server.maxConnections = limits.maxConnections;
  // By their size alone: Node drops headers beyond a number, and one that tells of a proxy may be among them.
  server.maxHeadersCount = 0;
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
  // Those that are kept alive fall idle one by one.
  const hangUp = (): void => {
    server.closeIdleConnections();
    if (sockets.size > 0) clock.after(HANG_UP_EVERY_MS, hangUp);
  };
  hangUp();
  const lastResort = clock.after(graceMs, () => {
    for (const socket of sockets) socket.destroy();
  });
  server.prependListener('request', (_request, response) => void response.setHeader('Connection', 'close'));
  await closed;
  lastResort.cancel();
}
