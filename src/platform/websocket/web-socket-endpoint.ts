import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock, Timer } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import { inSlices } from '../../kernel/slices.js';
import { requireAllowedOrigin } from './allowed-origin.js';
import { Connection, type ConnectionHandlers, type ConnectionLimits } from './connection.js';
import { refuseUpgrade } from './refuse-upgrade.js';

/** Takes a connection once its handshake is done. */
export type TakeConnection = (connection: Connection) => ConnectionHandlers;

export interface WebSocketEndpointOptions extends Partial<WebSocketLimits> {
  server: Server;
  path: string;
  clock: Clock;
  log: Logger;
  maxConnections: number;
  /** Origins of pages beside our own: `https://example.org`. */
  allowedOrigins: readonly string[];
  /** Judges a request before its handshake: throws an `AppError`, which is answered as REST does. */
  admit: (request: IncomingMessage) => TakeConnection;
  /** A reader was cut off. */
  onCutOff: () => void;
}

export interface WebSocketLimits extends ConnectionLimits {
  /** Of one message; a longer one closes with 1009. */
  maxMessageBytes: number;
  pingEveryMs: number;
  /** For the closing handshake; then the socket is destroyed. */
  closeTimeoutMs: number;
}

const DEFAULT_LIMITS: WebSocketLimits = {
  maxMessageBytes: 65_536,
  maxWaitingBytes: 1_048_576,
  tooSlowCode: 4008,
  pingEveryMs: 20_000,
  closeTimeoutMs: 5_000,
};
const GOING_AWAY_FOR_RESTART = 1012;

export interface WebSocketEndpoint {
  /** Open ones. */
  connections(): number;
  /** Takes no more, tells all with 1012, and resolves when they are closed. Idempotent. */
  stop(): Promise<void>;
}

/** WebSockets at one path of an HTTP server; compression is not offered. */
export function createWebSocketEndpoint(options: WebSocketEndpointOptions): WebSocketEndpoint {
  const { server, clock, log } = options;
  const limits: WebSocketLimits = { ...DEFAULT_LIMITS, ...options };
  const open = new Set<Connection>();
  const handshakes = new WebSocketServer(handshakeOptions(limits));
  let timer: Timer | undefined;
  let stopping: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignored);
    const path = (request.url ?? '').split('?')[0]!;
    try {
      const take = judge(request, path);
      handshakes.handleUpgrade(request, socket, head, (ws) => {
        const connection = new Connection(ws, socket, limits, options.onCutOff);
        open.add(connection);
        connection.listen(take(connection), () => forget(connection));
      });
    } catch (error) {
      const requestId = newUuid(clock.now());
      if (!(error instanceof AppError)) log.error({ err: error, request_id: requestId }, 'an upgrade failed');
      refuseUpgrade(socket, error, path, requestId);
    }
  }

  function forget(connection: Connection): void {
    open.delete(connection);
    if (open.size === 0) onEmpty?.();
  }

  function judge(request: IncomingMessage, path: string): TakeConnection {
    if (path !== options.path)
      throw new AppError('Not found', { code: 'request.not-found', kind: 'not-found' });
    if (stopping)
      throw new AppError('The service is stopping', { code: 'live.stopping', kind: 'unavailable' });
    requireAllowedOrigin(request, options.allowedOrigins);
    if (open.size >= options.maxConnections) {
      const message = `There are ${options.maxConnections} live connections already`;
      throw new AppError(message, { code: 'live.too-many-connections', kind: 'unavailable' });
    }
    return options.admit(request);
  }

  function ping(): void {
    timer = clock.after(limits.pingEveryMs, () => {
      void inSlices(clock, open, (connection) => connection.checkAlive());
      ping();
    });
  }

  async function stop(): Promise<void> {
    timer?.cancel();
    await inSlices(clock, open, (connection) =>
      connection.close(GOING_AWAY_FOR_RESTART, 'the service restarts'),
    );
    const lastResort = clock.after(limits.closeTimeoutMs, () => {
      for (const connection of open) connection.terminate();
    });
    if (open.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve));
    lastResort.cancel();
    server.off('upgrade', onUpgrade);
  }

  server.on('upgrade', onUpgrade);
  ping();
  return {
    connections: () => open.size,
    stop: () => (stopping ??= stop()),
  };
}

function handshakeOptions(limits: WebSocketLimits) {
  return {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    maxFragments: 64,
    closeTimeout: limits.closeTimeoutMs,
  };
}

/** A socket that breaks closes by itself. */
function ignored(): void {
  return undefined;
}
