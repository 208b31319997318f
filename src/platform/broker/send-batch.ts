import type { Clock } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Broker } from './broker.js';
import type { NewDeadLetter } from './dead-letters.js';
import type { WaitingMessage } from './outbox-rows.js';

export interface SentBatch {
  /** Rows that the broker has. */
  done: number[];
  /** Rows that it will never take. */
  dead: { id: number; letter: NewDeadLetter }[];
  /** Why others could not be sent now. */
  error?: unknown;
  /** Whether the broker refused one of them, and it is not known which. */
  refused?: boolean;
}

interface SendOptions {
  broker: Broker;
  clock: Clock;
  /** Publishes each after the one before, so that a refusal is that of its message; stops at the first other error. */
  oneByOne: boolean;
}

/** Publishes in order, all in flight at once unless asked for one by one. Never rejects. */
export async function sendBatch(batch: readonly WaitingMessage[], options: SendOptions): Promise<SentBatch> {
  const sent: SentBatch = { done: [], dead: [] };
  if (!options.oneByOne) {
    await Promise.all(batch.map((waiting) => send(waiting, options, sent)));
    return sent;
  }
  for (const waiting of batch) {
    await send(waiting, options, sent);
    if (sent.error !== undefined) break;
  }
  return sent;
}

async function send(waiting: WaitingMessage, options: SendOptions, sent: SentBatch): Promise<void> {
  const bury = (reason: string, detail: string): void =>
    void sent.dead.push({ id: waiting.id, letter: letterOf(waiting, reason, detail, options.clock.now()) });
  try {
    const outcome = await options.broker.publish(waiting.message);
    if (outcome === 'routed') sent.done.push(waiting.id);
    else bury('unroutable', `no queue takes ${describe(waiting)}`);
  } catch (error) {
    const kind = error instanceof AppError ? error.kind : 'internal';
    if (kind === 'invalid' || kind === 'too-large' || (kind === 'forbidden' && options.oneByOne)) {
      bury('refused', messageOf(error));
      return;
    }
    sent.error = error;
    sent.refused ||= kind === 'forbidden';
  }
}

function describe({ message }: WaitingMessage): string {
  return `exchange "${message.exchange}" with routing key "${message.routingKey}"`;
}

function letterOf(waiting: WaitingMessage, reason: string, detail: string, now: number): NewDeadLetter {
  const {
    body,
    headers = {},
    exchange,
    messageId,
    correlationId,
    replyTo,
    type,
    contentType,
    sealed,
  } = waiting.message;
  return {
    id: newUuid(now),
    kind: 'message',
    source: waiting.message.routingKey,
    reason,
    detail,
    attempts: 1,
    firstAt: waiting.addedAt,
    lastAt: now,
    body,
    headers,
    properties: {
      exchange,
      messageId,
      ...(sealed && { sealed }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(type === undefined ? {} : { type }),
      ...(contentType === undefined ? {} : { contentType }),
    },
  };
}
