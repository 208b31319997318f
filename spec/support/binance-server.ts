import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

interface Line {
  socket: WebSocket;
  raw: Socket;
  isCombined: boolean;
  streams: Set<string>;
}

/**
 * An exchange that speaks Binance's market streams: raw ones under `/ws/<stream>/…`, combined ones under
 * `/stream?streams=<stream>/…`, trades as it has them, pings that want their payload back.
 */
export class BinanceServer {
  readonly lines = new Set<Line>();
  /** Connections so far, and the streams that each asked for. */
  readonly asked: string[][] = [];
  /** Payloads of the pongs that came. */
  readonly pongs: string[] = [];
  #server: Server | undefined;
  #port = 0;
  #trades = 0;
  #refusal: number | undefined;

  static async start(): Promise<BinanceServer> {
    const server = new BinanceServer();
    await server.start();
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Again under the same address, once it was stopped. */
  async start(): Promise<void> {
    const sockets = new WebSocketServer({ noServer: true });
    const server = createServer((_request, response) => response.writeHead(404).end());
    server.on('upgrade', (request: IncomingMessage, raw: Socket, head: Buffer) => {
      if (this.#refusal !== undefined) {
        raw.end(`HTTP/1.1 ${this.#refusal} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, raw, head, (socket) => this.#take(socket, raw, request.url!));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    this.cut();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Ends all connections, as a network does. */
  cut(): void {
    for (const { raw } of this.lines) raw.destroy();
  }

  /** Connections stay open, and nothing comes out of them or goes in any more; pings are not answered. */
  freeze(): void {
    for (const line of this.lines) {
      line.raw.pause();
      line.streams.clear();
    }
  }

  /** Answers every further connection with this status; undefined: takes them again. */
  refuse(status: number | undefined): void {
    this.#refusal = status;
  }

  /** To who asked for the stream. `price` goes out as it is. */
  trade(symbol: string, price: string, more: { at?: number; fields?: object } = {}): void {
    const at = more.at ?? Date.now();
    const id = ++this.#trades;
    const trade = {
      ...{ e: 'trade', E: at, s: symbol.toUpperCase(), t: id, p: price, q: '0.00100000' },
      ...{ T: at, m: true, M: true, ...more.fields },
    };
    this.#send(`${symbol.toLowerCase()}@trade`, trade);
  }

  /** To everybody, as it is. */
  say(text: string): void {
    for (const { socket } of this.lines) socket.send(text);
  }

  ping(payload: string): void {
    for (const { socket } of this.lines) socket.ping(payload);
  }

  /** Whether somebody listens to the stream of a symbol now. */
  hears(symbol: string): boolean {
    return [...this.lines].some(({ streams }) => streams.has(`${symbol.toLowerCase()}@trade`));
  }

  #send(stream: string, data: object): void {
    for (const { socket, isCombined, streams } of this.lines) {
      if (!streams.has(stream) || socket.readyState !== WebSocket.OPEN) continue;
      socket.send(JSON.stringify(isCombined ? { stream, data } : data));
    }
  }

  #take(socket: WebSocket, raw: Socket, url: string): void {
    const { pathname, searchParams } = new URL(url, 'ws://localhost');
    const isCombined = pathname === '/stream';
    const names = isCombined ? (searchParams.get('streams') ?? '') : pathname.replace(/^\/ws\//, '');
    const streams = names.split('/').filter((name) => /^[a-z0-9]+@trade$/.test(name));
    this.asked.push(streams);
    const line = { socket, raw, isCombined, streams: new Set(streams) };
    this.lines.add(line);
    socket.on('pong', (payload: Buffer) => this.pongs.push(payload.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => this.lines.delete(line));
  }
}
