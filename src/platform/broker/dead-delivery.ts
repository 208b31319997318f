import { toRfc3339 } from '../../kernel/clock.js';
import type { MessageProperties } from '../../kernel/dead-letter.js';
import { newUuid } from '../../kernel/ids.js';
import type { Delivery, OutgoingMessage } from './broker.js';
import type { NewDeadLetter } from './dead-letters.js';
import { deadQueueOf } from './reply-to.js';
import { shortened } from './storable-text.js';

const MAX_HEADER_CHARS = 1_000;

/** Why a delivery is given up. */
export interface Death {
  reason: string;
  detail: string;
  attempts: number;
  /** Epoch ms of the first and of the last attempt. */
  firstAt: number;
  now: number;
}

/** The row that keeps a delivery that was given up, with all that it needs to be published again. */
export function deadLetterOf(delivery: Delivery, death: Death): NewDeadLetter {
  return {
    id: newUuid(death.now),
    kind: 'message',
    source: delivery.queue,
    reason: death.reason,
    detail: death.detail,
    attempts: death.attempts,
    firstAt: death.firstAt,
    lastAt: death.now,
    body: delivery.body,
    headers: delivery.headers,
    properties: propertiesOf(delivery),
  };
}

/** The copy for `<queue>.dead`: the same bytes and properties, and why. */
export function deadMessageOf(delivery: Delivery, death: Death): OutgoingMessage {
  const { messageId, correlationId, contentType, type, replyTo } = delivery;
  return {
    exchange: '',
    routingKey: deadQueueOf(delivery.queue),
    body: delivery.body,
    messageId: messageId || newUuid(death.now),
    contentType: contentType ?? '',
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(type === undefined ? {} : { type }),
    ...(replyTo === undefined ? {} : { replyTo }),
    headers: {
      'x-reason': shortened(death.reason, MAX_HEADER_CHARS),
      'x-detail': shortened(death.detail, MAX_HEADER_CHARS),
      'x-original-queue': delivery.queue,
      'x-first-at': toRfc3339(death.firstAt),
    },
    timestampMs: death.now,
  };
}

function propertiesOf(delivery: Delivery): MessageProperties {
  const { messageId, correlationId, replyTo, type, contentType, sealed } = delivery;
  return {
    ...(sealed && { sealed }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(type === undefined ? {} : { type }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}
