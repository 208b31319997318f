import { Agent, request } from 'undici';
import { messageOf } from '../../../kernel/errors.js';
import type { HttpGet } from './http-get.js';

const MOST_BYTES = 4 * 1024 * 1024;

/** GET over HTTP with connections of its own, which `close` ends. Redirections are not followed. */
export function createHttpGet(): { get: HttpGet; close: () => Promise<void> } {
  const dispatcher = new Agent({ connections: 4, keepAliveTimeout: 60_000, maxResponseSize: MOST_BYTES });
  return {
    async get(url, headers, signal) {
      try {
        const answer = await request(url, {
          dispatcher,
          signal,
          headers: { accept: 'application/json', ...headers },
        });
        const retryAfter = answer.headers['retry-after'];
        return {
          status: answer.statusCode,
          retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
          body: await answer.body.text(),
        };
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new Error(code ?? messageOf(error), { cause: error });
      }
    },
    close: () => dispatcher.destroy(),
  };
}
