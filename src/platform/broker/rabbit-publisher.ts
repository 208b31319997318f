import { AMQPConnectionError, type Channel, type Envelope, type ReturnedMessage } from 'rabbitmq-client';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { OutgoingMessage, PublishOutcome } from './broker.js';
import { away, type RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';
import { checkSendable } from './sendable.js';

export interface RabbitPublisherOptions {
  link: RabbitLink;
  clock: Clock;
  confirmTimeoutMs: number;
  /** Messages that may wait for their confirm; more are rejected `too-many`. */
  maxInFlight: number;
}

const REFUSALS = new Set(['ACCESS_REFUSED', 'PRECONDITION_FAILED', 'CONTENT_TOO_LARGE', 'NOT_IMPLEMENTED']);

/** Publishes on one channel with confirms, so in order; mandatory, so that what no queue takes comes back. */
export class RabbitPublisher {
  readonly #returned = new Map<string, number>();
  #exchanges = new Set<string>(['']);
  #channel: Channel | undefined;
  #opening: Promise<Channel> | undefined;
  #inFlight = 0;

  constructor(private readonly options: RabbitPublisherOptions) {}

  async publish(message: OutgoingMessage): Promise<PublishOutcome> {
    checkSendable(message);
    const { link, maxInFlight } = this.options;
    if (!link.ready) throw away();
    if (this.#inFlight >= maxInFlight) throw tooMany(maxInFlight);
    this.#inFlight++;
    try {
      if (!this.#exchanges.has(message.exchange) && !(await this.#find(message.exchange)))
        return 'unroutable';
      await this.#confirmed(message);
      return this.#takeReturn(keyOf(message)) ? 'unroutable' : 'routed';
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#inFlight--;
    }
  }

  /** Closes the channel; what waits for its confirm rejects `unavailable`. */
  async stop(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    await this.#channel?.close();
  }

  async #confirmed(message: OutgoingMessage): Promise<void> {
    const channel = await this.#live();
    await this.#inTime(channel, channel.basicPublish(propertiesOf(message), message.body));
    // The client tells of a return in an immediate of its own, made before the confirm is read.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #inTime(channel: Channel, confirmed: Promise<void>): Promise<void> {
    const { clock, confirmTimeoutMs } = this.options;
    let give: (error: AppError) => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => (give = reject));
    const timer = clock.after(confirmTimeoutMs, () => {
      // What it still owes is forgotten with the channel, so that nothing piles up.
      void channel.close();
      give(away(new Error(`not confirmed within ${confirmTimeoutMs} ms`)));
    });
    await Promise.race([confirmed, late]).finally(() => timer.cancel());
  }

  /** The channel, or another where that was closed. */
  async #live(): Promise<Channel> {
    if (this.#channel?.active) return this.#channel;
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<Channel> {
    const channel = await this.options.link.open();
    channel.on('basic.return', (message: ReturnedMessage) => this.#onReturn(message));
    await channel.confirmSelect();
    this.#channel = channel;
    return channel;
  }

  /** Publishing to an exchange that is not there would close the channel under every other message. */
  async #find(exchange: string): Promise<boolean> {
    const channel = await this.options.link.open();
    try {
      await channel.exchangeDeclare({ exchange, passive: true });
      this.#exchanges.add(exchange);
      return true;
    } catch (error) {
      if (codeOf(error) === 'NOT_FOUND') return false;
      throw error;
    } finally {
      await channel.close();
    }
  }

  #onReturn(message: ReturnedMessage): void {
    const { exchange, routingKey, messageId = '' } = message;
    const key = keyOf({ exchange, routingKey, messageId });
    this.#returned.set(key, (this.#returned.get(key) ?? 0) + 1);
  }

  #takeReturn(key: string): boolean {
    const count = this.#returned.get(key) ?? 0;
    if (count > 1) this.#returned.set(key, count - 1);
    else this.#returned.delete(key);
    return count > 0;
  }

  #explain(error: unknown): AppError {
    if (error instanceof AppError) return error;
    const code = codeOf(error) ?? '';
    // The exchange was deleted meanwhile: the next attempt looks for it again.
    if (code === 'NOT_FOUND') this.#exchanges = new Set(['']);
    const isRefusal = REFUSALS.has(code) && !(error instanceof AMQPConnectionError);
    return isRefusal ? refused(code, error) : away(error);
  }
}

function keyOf({
  exchange,
  routingKey,
  messageId,
}: Pick<OutgoingMessage, 'exchange' | 'routingKey' | 'messageId'>): string {
  return `${exchange}\n${routingKey}\n${messageId}`;
}

function propertiesOf(message: OutgoingMessage): Envelope {
  const { exchange, routingKey, messageId, type, correlationId, replyTo, headers } = message;
  const contentType = message.contentType ?? 'application/json';
  return {
    exchange,
    routingKey,
    mandatory: true,
    durable: true,
    messageId,
    timestamp: Math.floor(message.timestampMs / 1000),
    ...(contentType ? { contentType } : {}),
    ...(type === undefined ? {} : { type }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers ? { headers } : {}),
  };
}

function tooMany(max: number): AppError {
  return new AppError(`${max} messages wait for the broker's confirm already`, {
    code: 'broker.too-many-in-flight',
    kind: 'too-many',
  });
}

function refused(code: string, cause: unknown): AppError {
  return new AppError(`the broker refused the message: ${code}`, {
    code: 'broker.refused',
    kind: 'forbidden',
    cause,
  });
}
