import { createHash, timingSafeEqual } from 'node:crypto';
import type { InboundCall } from '../../../kernel/inbound-call.js';
import type { HandleUpdate } from './handle-update.js';

/** Where Telegram's own calls come in, below the address of the service. */
export const WEBHOOK_PATH = '/telegram/updates';
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/**
 * Takes updates that Telegram sends, at every replica. What cannot be handled now is refused, and Telegram sends it
 * again; what is no update is taken and forgotten, as it would come for ever.
 */
export function createWebhook(secret: string, handle: HandleUpdate): InboundCall {
  const expected = digest(secret);
  return {
    path: WEBHOOK_PATH,
    admits: (headers) => {
      const given = headers[SECRET_HEADER];
      return typeof given === 'string' && timingSafeEqual(digest(given), expected);
    },
    receive: handle,
  };
}

/** Of one length whatever came, so that the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
