import { newUuid } from '../../kernel/ids.js';
import type { HeaderValue, OutgoingMessage } from '../../kernel/outbox.js';
import type { OpenedDeadLetter } from './dead-letters.repository.js';

/** Names the letter that a message was published again from. */
export const REPLAYED_FROM = 'x-replayed-from';

/** Headers that tell a broker what to do (CC would send copies to others), or that it writes itself. */
const OF_THE_BROKER = /^(CC|BCC|x-delivery-count|x-death|x-(first|last)-death-.*)$/i;

/**
 * The message of a letter as it was: body, headers, properties. One that came in goes to its queue under a new id, as
 * its old one is known there; one of ours that could not be sent keeps its id, by which its receivers know it.
 */
export function messageAgain(letter: OpenedDeadLetter, body: Buffer, now: number): OutgoingMessage {
  const { exchange, messageId, contentType = '', correlationId, replyTo, type, sealed } = letter.properties;
  const isOurs = exchange !== undefined;
  return {
    exchange: exchange ?? '',
    routingKey: letter.source,
    body,
    messageId: isOurs && messageId ? messageId : newUuid(now),
    ...(isOurs && letter.properties.contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(type === undefined ? {} : { type }),
    ...(sealed && { sealed }),
    headers: { ...headersOf(letter), [REPLAYED_FROM]: letter.id },
    timestampMs: now,
  };
}

function headersOf({ headers }: OpenedDeadLetter): Record<string, HeaderValue> {
  const all = headers === null ? {} : (JSON.parse(headers) as Record<string, HeaderValue>);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !OF_THE_BROKER.test(name)));
}
