import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for.js';

/** A call as it came in. */
export interface BotCall {
  method: string;
  payload: Record<string, unknown>;
  /** By the server's clock, ms. */
  at: number;
}

/** How a call fails. `status` with what the Bot API says then; `cut`: the connection ends; `hold`: no answer ever comes. */
export type Fault =
  | { status: number; description?: string; retryAfterS?: number; text?: string }
  | { cut: true }
  | { hold: true };

export interface BotApiOptions {
  token?: string;
  /** Default: the real time. */
  now?: () => number;
  /** Whether it minds two messages in a second to a chat, and too many in all; default false. */
  minds?: boolean;
}

interface Waiter {
  offset: number;
  wake: () => void;
}

const LONGEST_TEXT = 4_096;
/** Thirty are allowed; some more may arrive in a second, as the way is not always equally long. */
const MOST_IN_A_SECOND = 40;

/** A server that speaks the Bot API as Telegram's does, for one bot. */
export class BotApiServer {
  readonly calls: BotCall[] = [];
  /** Messages that it took. */
  readonly messages: { chatId: string; text: string; at: number }[] = [];
  readonly token: string;
  /** Chats that do not want the bot. */
  readonly blocked = new Set<string>();
  /** How many calls of a method are under way. */
  readonly open = new Map<string, number>();
  webhook: { url: string; secret_token?: string } | undefined;
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  readonly #faults = new Map<string, Fault[]>();
  readonly #floods: { chatId: string; at: number }[] = [];
  #pending: { update_id: number }[] = [];
  #waiters: Waiter[] = [];
  #nextId = 100;

  constructor(private readonly options: BotApiOptions = {}) {
    this.token = options.token ?? '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr';
  }

  /** There once it was started, and kept while it is stopped. */
  url = '';

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next calls of a method fail so, one after the other. */
  fail(method: string, ...faults: Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  /** Somebody writes. Returns the update's id. */
  write(text: string, { chat = 7, language = 'en', type = 'private' } = {}): number {
    const from = { id: Math.abs(chat), is_bot: false, first_name: 'A', language_code: language };
    return this.update({ message: { message_id: 1, date: 0, chat: { id: chat, type }, from, text } });
  }

  update(update: object, id = this.#nextId): number {
    this.#nextId = Math.max(this.#nextId, id + 1);
    this.#pending.push({ update_id: id, ...update });
    this.#waiters.splice(0).forEach(({ wake }) => wake());
    return id;
  }

  /** Updates that Telegram still keeps. */
  get unconfirmed(): number[] {
    return this.#pending.map(({ update_id: id }) => id);
  }

  /** The texts that a chat got so far, once there are `count`. */
  async texts(count: number, chat = 7): Promise<string[]> {
    const own = () => this.messages.filter(({ chatId }) => chatId === String(chat)).map(({ text }) => text);
    return waitFor(`${count} messages`, () => own().length >= count && own());
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    if (token !== this.token) return refuse(response, { status: token?.includes(':') ? 401 : 404 });
    const payload = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    this.calls.push({ method, payload, at: this.#now() });
    this.open.set(method, (this.open.get(method) ?? 0) + 1);
    response.once('close', () => this.open.set(method, this.open.get(method)! - 1));
    const fault = this.#faults.get(method)?.shift();
    if (fault) return break_(response, fault);
    await this.#answer(method, payload, response);
  }

  async #answer(method: string, payload: Record<string, unknown>, response: ServerResponse): Promise<void> {
    switch (method) {
      case 'getMe':
        return give(response, { id: 123456, is_bot: true, first_name: 'Rates', username: 'SpecRatesBot' });
      case 'getUpdates':
        return this.#getUpdates(payload, response);
      case 'sendMessage':
        return this.#sendMessage(payload, response);
      case 'setWebhook':
        this.webhook = payload as unknown as { url: string };
        return give(response, true);
      case 'deleteWebhook':
        this.webhook = undefined;
        return give(response, true);
      case 'setMyCommands':
        return give(response, true);
      default:
        return refuse(response, { status: 404 });
    }
  }

  async #getUpdates(payload: Record<string, unknown>, response: ServerResponse): Promise<void> {
    if (this.webhook) {
      const description = "Conflict: can't use getUpdates method while webhook is active";
      return refuse(response, { status: 409, description });
    }
    const offset = (payload['offset'] as number | undefined) ?? 0;
    this.#pending = this.#pending.filter(({ update_id: id }) => id >= offset);
    if (this.#pending.length === 0) await this.#wait(offset, Number(payload['timeout'] ?? 0), response);
    give(response, this.#pending.slice(0, Number(payload['limit'] ?? 100)));
  }

  #wait(offset: number, timeoutS: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, timeoutS * 1000);
      response.once('close', wake);
      this.#waiters.push({ offset, wake });
    });
  }

  #sendMessage(payload: Record<string, unknown>, response: ServerResponse): void {
    const chatId = String(payload['chat_id']);
    const text = typeof payload['text'] === 'string' ? payload['text'] : '';
    if (this.blocked.has(chatId)) {
      return refuse(response, { status: 403, description: 'Forbidden: bot was blocked by the user' });
    }
    if (text === '' || text.length > LONGEST_TEXT) {
      return refuse(response, { status: 400, description: 'Bad Request: message text is empty or too long' });
    }
    const at = this.#now();
    if (this.options.minds && this.#isFlood(chatId, at)) {
      return refuse(response, {
        status: 429,
        retryAfterS: 1,
        description: 'Too Many Requests: retry after 1',
      });
    }
    this.#floods.unshift({ chatId, at });
    this.#floods.splice(100);
    this.messages.push({ chatId, text, at });
    give(response, { message_id: this.messages.length, date: 0, chat: { id: Number(chatId) }, text });
  }

  #isFlood(chatId: string, at: number): boolean {
    const lately = this.#floods.filter((sent) => at - sent.at < 1_000);
    return lately.some((sent) => sent.chatId === chatId) || lately.length >= MOST_IN_A_SECOND;
  }

  #now(): number {
    return (this.options.now ?? Date.now)();
  }
}

function break_(response: ServerResponse, fault: Fault): void {
  if ('hold' in fault) return;
  if ('cut' in fault) return void response.destroy();
  refuse(response, fault);
}

function give(response: ServerResponse, result: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, result }));
}

function refuse(response: ServerResponse, fault: Extract<Fault, { status: number }>): void {
  const { status, description = `spec ${status}`, retryAfterS, text } = fault;
  const parameters = retryAfterS === undefined ? {} : { parameters: { retry_after: retryAfterS } };
  const body = JSON.stringify({ ok: false, error_code: status, description, ...parameters });
  response.writeHead(status, { 'content-type': 'application/json' }).end(text ?? body);
}
