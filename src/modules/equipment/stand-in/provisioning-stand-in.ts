import { setMaxListeners } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../../kernel/clock.js';
import { sleep } from '../../../kernel/clock.js';
import { isEquipmentId } from '../equipment-id.js';
import { createDeviceWatch } from './device-watch.js';
import type { StandInCounts } from './device-watch.js';
import { faultFor } from './faults.js';
import type { Fault, FaultShares } from './faults.js';

export interface StandInOptions {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Default: http. */
  tls?: { cert: string | Buffer; key: string | Buffer };
  /** Of each device, between these. Default 0. */
  latencyMs?: readonly [least: number, most: number];
  /** Default: none. */
  faults?: FaultShares;
  /** Decides for a device instead of the shares. */
  faultOf?: (id: string) => Fault | undefined;
  /** Told of each request as it comes; `body` is its JSON, whatever that is. */
  onRequest?: (id: string, body: unknown) => void;
  /** Told of a request for a device that is being worked on. */
  onTwoAtOnce?: (id: string) => void;
}

/** A provisioning service for demonstrations and tests, with no device behind it. */
export interface StandIn {
  /** Resolves to its base URL. Rejects where it cannot listen. */
  start(): Promise<string>;
  counts(): StandInCounts;
  /** Closes every connection. */
  stop(): Promise<void>;
}

const PATH = /^\/api\/v1\/equipment\/cpe\/([^/?#]+)$/;
const MOST_BODY_BYTES = 64 * 1024;

const ANSWERS: Readonly<Record<'200' | '400' | '404' | '500', string>> = {
  200: 'success',
  400: 'The parameters are not valid for this equipment',
  404: 'The requested equipment is not found',
  500: 'Internal provisioning exception',
};

/**
 * Speaks the contract of the provisioning service: `POST /api/v1/equipment/cpe/{id}`, answered after the latency. A device stays in
 * work until its time is over even where the caller has gone away, as a real one does. `GET /counts` tells what was seen.
 */
export function createProvisioningStandIn(options: StandInOptions): StandIn {
  const { clock, random, latencyMs = [0, 0], faults = {} } = options;
  const watch = createDeviceWatch((id) => options.onTwoAtOnce?.(id));
  const stopping = new AbortController();
  // Each request in hand listens.
  setMaxListeners(0, stopping.signal);
  const sockets = new Set<Socket>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    void serve(request, response);
  };
  const server = options.tls ? createHttpsServer(options.tls, onRequest) : createHttpServer(onRequest);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === '/counts') return json(response, 200, watch.counts());
    const id = PATH.exec(request.url ?? '')?.[1];
    if (request.method !== 'POST' || id === undefined)
      return json(response, 404, { message: 'Nothing is here' });
    const body = await bodyOf(request).catch(() => undefined);
    options.onRequest?.(id, body);
    const fault = options.faultOf ? options.faultOf(id) : faultFor(faults, random());
    const end = watch.begin(id);
    try {
      await work(id, body, fault, response);
    } finally {
      end();
    }
  }

  async function work(id: string, body: unknown, fault: Fault | undefined, response: ServerResponse) {
    const [least, most] = latencyMs;
    await sleep(clock, least + (most - least) * random(), stopping.signal);
    if (fault === 'hang') await gone(response);
    if (fault === 'reset') breakOff(response);
    if (fault === 'hang' || fault === 'reset') return watch.count(fault);
    const status = fault ?? statusFor(id, body);
    watch.count(status);
    json(response, Number(status), { code: Number(status), message: ANSWERS[status] });
  }

  /** Resolves when the caller has given up. */
  function gone(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      if (response.socket?.destroyed !== false || stopping.signal.aborted) return resolve();
      response.once('close', resolve);
    });
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
          const { port, address, family } = server.address() as AddressInfo;
          const host = family === 'IPv6' ? `[${address}]` : address;
          resolve(`${options.tls ? 'https' : 'http'}://${host}:${port}`);
        });
      }),
    counts: () => watch.counts(),
    async stop() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A reset where TCP is all there is; TLS knows none of its own. */
function breakOff({ socket }: ServerResponse): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES) throw new Error('too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** As the real one: data that it does not like is a 400. */
function statusFor(id: string, body: unknown): '200' | '400' | '404' {
  if (!isEquipmentId(id)) return '404';
  const { timeoutInSeconds, parameters } = (body ?? {}) as Record<string, unknown>;
  const isKnown =
    typeof timeoutInSeconds === 'number' && typeof parameters === 'object' && parameters !== null;
  return isKnown ? '200' : '400';
}

function json(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
