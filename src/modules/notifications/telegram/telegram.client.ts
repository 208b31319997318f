import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Api, GrammyError, HttpError } from 'grammy';
import type { Clock } from '../../../kernel/clock.js';
import { ALLOWED_UPDATES } from './bot-api.js';
import type { ApiAnswer, BotApi } from './bot-api.js';

export interface TelegramClientOptions {
  token: string;
  /** Without a slash at the end: `https://api.telegram.org`. */
  apiUrl: string;
  /** For an answer to come, beside what a long poll waits by itself. */
  timeoutMs: number;
  clock: Clock;
}

/** What grammY takes for a signal: its own kind, of which it uses what all kinds have. */
type Signal = NonNullable<Parameters<Api['getMe']>[0]>;

/** How many a webhook's server may be sent at once. */
const WEBHOOK_CONNECTIONS = 10;
const LONGEST_REASON = 200;

/** The Bot API over grammY. The addresses that it calls hold the token, so that no error of a connection is handed on. */
export function createTelegramClient(options: TelegramClientOptions): BotApi {
  const { token, apiUrl, timeoutMs, clock } = options;
  const Agent = apiUrl.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true });
  const api = new Api(token, { apiRoot: apiUrl, baseFetchConfig: { agent } });

  async function call<T>(
    signal: AbortSignal,
    run: (signal: Signal) => Promise<T>,
    waitsMs = 0,
  ): Promise<ApiAnswer<T>> {
    const late = new AbortController();
    const timer = clock.after(timeoutMs + waitsMs, () => late.abort());
    try {
      const either = AbortSignal.any([signal, late.signal]);
      return { kind: 'ok', value: await run(either as unknown as Signal) };
    } catch (error) {
      return failureOf(error, late.signal.aborted, token);
    } finally {
      timer.cancel();
    }
  }

  return {
    getMe: (signal) =>
      call(signal, async (either) => {
        const { id, username } = await api.getMe(either);
        return { id: String(id), username };
      }),
    getUpdates: ({ offset, limit, timeoutS }, signal) => {
      const ask = { limit, timeout: timeoutS, allowed_updates: ALLOWED_UPDATES };
      const from = offset === undefined ? {} : { offset };
      return call(signal, (either) => api.getUpdates({ ...ask, ...from }, either), timeoutS * 1000);
    },
    sendMessage: ({ chatId, text }, signal) =>
      call(signal, (either) =>
        api.sendMessage(chatId, text, { link_preview_options: { is_disabled: true } }, either),
      ),
    setWebhook: ({ url, secret }, signal) =>
      call(signal, (either) =>
        api.setWebhook(
          url,
          {
            secret_token: secret,
            allowed_updates: ALLOWED_UPDATES,
            max_connections: WEBHOOK_CONNECTIONS,
          },
          either,
        ),
      ),
    deleteWebhook: (signal) =>
      call(signal, (either) => api.deleteWebhook({ drop_pending_updates: false }, either)),
    setCommands: ({ commands, language }, signal) =>
      call(signal, (either) =>
        api.setMyCommands(commands, language === undefined ? {} : { language_code: language }, either),
      ),
    close: () => agent.destroy(),
  };
}

function failureOf(error: unknown, isLate: boolean, token: string): ApiAnswer<never> {
  if (error instanceof GrammyError) {
    const reason = error.description.replaceAll(token, '[token]').slice(0, LONGEST_REASON);
    return { kind: 'refused', code: error.error_code, reason, retryAfterS: error.parameters.retry_after };
  }
  return { kind: 'unreachable', reason: isLate ? 'no answer in time' : causeOf(error) };
}

/** Only codes: the messages quote the address. */
function causeOf(error: unknown): string {
  const inner: unknown = error instanceof HttpError ? error.error : error;
  const { code, type } = (inner ?? {}) as { code?: unknown; type?: unknown };
  if (typeof code === 'string') return code;
  return type === 'invalid-json' ? 'an answer that is no JSON' : 'no answer';
}
