import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A call as it came. */
export interface CoinGeckoCall {
  /** Epoch ms. */
  at: number;
  ids: string[];
  currencies: string[];
  headers: IncomingHttpHeaders;
}

/** What the next calls are answered with, in the place of prices. */
export type Trouble =
  | { kind: 'limit'; retryAfter?: string }
  | { kind: 'status'; status: number }
  | { kind: 'hang' }
  | { kind: 'body'; body: string };

/** A server that speaks `GET /api/v3/simple/price` as CoinGecko does; prices are the very text that is set. */
export class CoinGeckoServer {
  readonly calls: CoinGeckoCall[] = [];
  readonly #prices = new Map<string, Map<string, string>>();
  /** Epoch seconds by id; what is not there was updated now. */
  readonly updated = new Map<string, number>();
  trouble: Trouble | undefined;
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<CoinGeckoServer> {
    const server = new CoinGeckoServer();
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/api/v3`;
  }

  /** Again under the same address, once it was stopped. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://localhost');
      if (url.pathname !== '/api/v3/simple/price') return void response.writeHead(404).end('{}');
      const listed = (name: string): string[] => (url.searchParams.get(name) ?? '').split(',');
      const call = { ids: listed('ids'), currencies: listed('vs_currencies'), headers: request.headers };
      this.calls.push({ at: Date.now(), ...call });
      this.#answer(response, call, url.searchParams.get('include_last_updated_at') === 'true');
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
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** @param price a JSON number, as it goes out */
  price(id: string, currency: string, price: string): void {
    const prices = this.#prices.get(id) ?? new Map<string, string>();
    this.#prices.set(id, prices.set(currency, price));
  }

  #answer(
    response: ServerResponse,
    { ids, currencies }: Pick<CoinGeckoCall, 'ids' | 'currencies'>,
    dated: boolean,
  ) {
    const { trouble } = this;
    if (trouble?.kind === 'hang') return;
    if (trouble?.kind === 'status') return void response.writeHead(trouble.status).end('{"error":"no"}');
    if (trouble?.kind === 'limit') {
      const wait = trouble.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter };
      return void response.writeHead(429, wait).end('{"status":{"error_code":429}}');
    }
    const coins = ids.flatMap((id) => {
      const prices = this.#prices.get(id);
      if (!prices) return [];
      const members = currencies.flatMap((one) => (prices.has(one) ? [`"${one}":${prices.get(one)!}`] : []));
      const updated = this.updated.get(id) ?? Math.floor(Date.now() / 1_000);
      if (dated) members.push(`"last_updated_at":${updated}`);
      return [`"${id}":{${members.join()}}`];
    });
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(trouble?.kind === 'body' ? trouble.body : `{${coins.join()}}`);
  }
}
