import { AppError } from '../../kernel/errors.js';
import type { OutgoingMessage } from './broker.js';

/** What RabbitMQ 4 takes by default. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** AMQP's short strings; longer ones would be cut without a word. */
const MAX_SHORT_BYTES = 255;

const SHORT = [
  'exchange',
  'routingKey',
  'messageId',
  'contentType',
  'type',
  'correlationId',
  'replyTo',
] as const;

/** Throws `invalid` or `too-large` for a message that no broker takes, however often it is tried. */
export function checkSendable(message: OutgoingMessage): void {
  for (const key of SHORT) {
    const bytes = Buffer.byteLength(message[key] ?? '');
    if (bytes <= MAX_SHORT_BYTES) continue;
    const expected = `a message's ${key} must be at most ${MAX_SHORT_BYTES} bytes, got ${bytes}`;
    throw new AppError(expected, { code: 'broker.message-invalid', kind: 'invalid' });
  }
  if (message.body.length <= MAX_BODY_BYTES) return;
  const expected = `a message's body must be at most ${MAX_BODY_BYTES} bytes, got ${message.body.length}`;
  throw new AppError(expected, { code: 'broker.message-too-large', kind: 'too-large' });
}
