import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { waitFor } from './wait-for.js';

/** What a receiver does with a request. */
export type Behaviour =
  | { status: number; headers?: Readonly<Record<string, string>>; body?: string; afterMs?: number }
  /** Never answers. */
  | 'hang'
  /** Says 200, then a byte now and then, and never ends. */
  | 'slow-body'
  /** Says 200, and pours. */
  | 'endless-body'
  /** Closes the connection in the middle. */
  | 'reset';

export interface ReceivedEvent {
  id: string;
  type: string;
  subject: string;
  time: string;
  data: Record<string, unknown>;
}

/** A request as it came. */
export interface Received {
  path: string;
  /** Epoch ms. */
  at: number;
  webhookId: string;
  headers: IncomingMessage['headers'];
  body: string;
  event: ReceivedEvent;
}

const SLOW_BYTE_MS = 50;
const CHUNK = Buffer.alloc(16_384, 'x');

/** A webhook receiver that does to each path what it was told, as receivers out there do. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly #behaviours = new Map<string, Behaviour[]>();
  readonly #deciders = new Map<string, (event: ReceivedEvent, request: Received) => Behaviour>();
  readonly #sockets = new Set<Socket>();
  readonly #open = new Map<string, number>();
  readonly #mostOpen = new Map<string, number>();
  /** Bytes that were written for `endless-body`. */
  poured = 0;

  private constructor(
    private readonly server: Server,
    readonly isTls: boolean,
  ) {}

  static async start(tls?: { cert: Buffer; key: Buffer }): Promise<WebhookReceiver> {
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      void receiver.#take(request, response);
    const server = tls ? createTlsServer(tls, handle) : createServer(handle);
    const receiver = new WebhookReceiver(server, tls !== undefined);
    server.on('connection', (socket: Socket) => {
      receiver.#sockets.add(socket);
      socket.on('close', () => receiver.#sockets.delete(socket)).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, host = '127.0.0.1'): string {
    return `${this.isTls ? 'https' : 'http'}://${host}:${this.port}${path}`;
  }

  /** What comes to a path meets these, one after the other, and the last one from then on. Default: 204. */
  behave(path: string, ...behaviours: Behaviour[]): void {
    this.#behaviours.set(path, behaviours);
  }

  /** What comes to a path is answered as `decide` says of its event. */
  decide(path: string, decide: (event: ReceivedEvent, request: Received) => Behaviour): void {
    this.#deciders.set(path, decide);
  }

  /** What came to a path so far. */
  at(path: string): Received[] {
    return this.received.filter((request) => request.path === path);
  }

  /** What came to a path, once it is `count` requests or more. */
  async got(path: string, count: number, timeoutMs = 20_000): Promise<Received[]> {
    await waitFor(`${count} requests to ${path}`, () => this.at(path).length >= count, { timeoutMs });
    return this.at(path);
  }

  /** The most requests to a path that were open at once. */
  mostAtOnce(path: string): number {
    return this.#mostOpen.get(path) ?? 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    this.#count(path, 1);
    response.on('close', () => this.#count(path, -1)).on('error', () => undefined);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // the sender went away in the middle
    }
    const body = Buffer.concat(chunks).toString('utf8');
    const [webhookId, event] = [String(request.headers['webhook-id']), JSON.parse(body) as ReceivedEvent];
    const taken = { path, at: Date.now(), webhookId, headers: request.headers, body, event };
    this.received.push(taken);
    this.#answer(this.#deciders.get(path)?.(event, taken) ?? this.#next(path), response);
  }

  #next(path: string): Behaviour {
    const behaviours = this.#behaviours.get(path) ?? [];
    return (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? { status: 204 };
  }

  #answer(behaviour: Behaviour, response: ServerResponse): void {
    switch (behaviour) {
      case 'hang':
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'slow-body':
        response.writeHead(200);
        return this.#drip(response);
      case 'endless-body':
        response.writeHead(200);
        return this.#pour(response);
      default:
        setTimeout(() => {
          if (response.destroyed) return;
          response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
        }, behaviour.afterMs ?? 0);
    }
  }

  #drip(response: ServerResponse): void {
    const drip = setInterval(() => response.write('.'), SLOW_BYTE_MS);
    response.on('close', () => clearInterval(drip));
  }

  #pour(response: ServerResponse): void {
    if (response.destroyed) return;
    this.poured += CHUNK.length;
    response.write(CHUNK, () => setImmediate(() => this.#pour(response)));
  }

  #count(path: string, by: number): void {
    const open = (this.#open.get(path) ?? 0) + by;
    this.#open.set(path, open);
    this.#mostOpen.set(path, Math.max(open, this.mostAtOnce(path)));
  }
}

/** Throws unless the request is signed with the secret, by the library that receivers use. */
export function verify(secret: string, { body, headers }: Received): void {
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
  new Webhook(secret).verify(body, signed);
}
