import type { ApiAnswer } from './bot-api.js';

/** What becomes of a message after an answer. */
export type Verdict =
  | 'sent'
  /** Its chat wants none, or is no more. */
  | 'blocked'
  /** Telegram will not take it however often it is sent. */
  | 'failed'
  /** It may be taken another time. */
  | 'later';

/**
 * | answer | verdict |
 * |---|---|
 * | ok | sent |
 * | 403: blocked by the user, thrown out of the group, account deleted | blocked |
 * | 401, 404: the token is refused; 409, 429, 5xx, none | later |
 * | any other, 400 most often: no such chat, no text | failed |
 */
export function judge(answer: ApiAnswer<unknown>): Verdict {
  if (answer.kind === 'ok') return 'sent';
  if (answer.kind === 'unreachable') return 'later';
  if (answer.code === 403) return 'blocked';
  const { code } = answer;
  return isTokenRefused(code) || code === 409 || code === 429 || code >= 500 ? 'later' : 'failed';
}

/** An unknown token has no methods: 404 is what the Bot API says to one that is not even formed like a token. */
export function isTokenRefused(code: number): boolean {
  return code === 401 || code === 404;
}
