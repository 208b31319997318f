import type { AsyncMessage, Channel } from 'rabbitmq-client';
import { type Clock, sleep } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import type { ConsumeOptions, Consumption, Delivery, DeliveryHandler } from './broker.js';
import type { RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';
import type { DeliveryTaker } from './take-delivery.js';

const CANCEL_TIMEOUT_MS = 3_000;

export interface RabbitConsumptionDeps {
  link: RabbitLink;
  clock: Clock;
  log: Logger;
  taker: DeliveryTaker;
}

/**
 * Consumes one queue on a channel of its own, and again on another when that one is lost, its consumer is cancelled or the
 * queue deleted; never before the handlers of the lost channel have ended, so that the prefetch stays the bound.
 */
export class RabbitConsumption implements Consumption {
  readonly #inHand = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly deps: RabbitConsumptionDeps,
    private readonly options: ConsumeOptions,
    private readonly handler: DeliveryHandler,
  ) {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { link, log, clock } = this.deps;
    for (let failures = 0; !signal.aborted;) {
      if (!(await link.whenReady(signal))) return;
      try {
        await this.#consume();
        failures = 0;
      } catch (error) {
        failures++;
        log.warn({ queue: this.options.queue, err: error }, 'the queue is not consumed; trying again');
        if (codeOf(error) === 'NOT_FOUND') await link.redeclare().catch(() => undefined);
      }
      await sleep(clock, backoffMs(failures + 1, { baseMs: 100, capMs: 5_000 }), signal);
    }
  }

  /** Resolves when the channel has ended and everything that came by it is settled. */
  async #consume(): Promise<void> {
    const { queue, prefetch } = this.options;
    const channel = await this.deps.link.open();
    const lost = new AbortController();
    const ended = new Promise<void>((resolve) => {
      channel.once('close', () => {
        lost.abort();
        resolve();
      });
      channel.once('basic.cancel', () => resolve());
      this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const signal = AbortSignal.any([lost.signal, this.#stopping.signal]);
    try {
      await channel.basicQos({ prefetchCount: prefetch });
      const { consumerTag } = await channel.basicConsume({ queue }, (message) => {
        this.#onMessage(channel, message, signal);
      });
      await ended;
      if (this.#stopping.signal.aborted) await this.#cancel(channel, consumerTag);
    } finally {
      await Promise.all(this.#inHand);
      await channel.close();
    }
  }

  /** What arrives after this is given back by the server when the channel closes. */
  async #cancel(channel: Channel, consumerTag: string): Promise<void> {
    if (!channel.active) return;
    const late = new AbortController();
    const cancelled = channel.basicCancel({ consumerTag }).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([cancelled, sleep(this.deps.clock, CANCEL_TIMEOUT_MS, late.signal)]);
    late.abort();
  }

  #onMessage(channel: Channel, message: AsyncMessage, signal: AbortSignal): void {
    if (signal.aborted) return;
    const settled = this.#settle(channel, message, signal).finally(() => this.#inHand.delete(settled));
    this.#inHand.add(settled);
  }

  async #settle(channel: Channel, message: AsyncMessage, signal: AbortSignal): Promise<void> {
    const delivery = deliveryOf(this.options.queue, message);
    let taken = await this.deps.taker.take(delivery, this.handler, { signal });
    // Tried again while it is in hand: given back, it would come as redelivered, and without a message id that
    // could make it pass for an equal one that was taken before.
    while (taken === 'retry' && channel.active && !signal.aborted) {
      taken = await this.deps.taker.take(delivery, this.handler, { signal });
    }
    const { deliveryTag } = message;
    // On a channel that is gone there is nothing to say: the server delivers the message again.
    if (!channel.active) return;
    if (taken === 'retry') channel.basicNack({ deliveryTag, requeue: true });
    else channel.basicAck({ deliveryTag });
  }
}

function deliveryOf(queue: string, message: AsyncMessage): Delivery {
  return {
    queue,
    body: message.body as Buffer,
    messageId: message.messageId,
    correlationId: message.correlationId,
    replyTo: message.replyTo,
    type: message.type,
    contentType: message.contentType,
    headers: { ...message.headers }, // its prototype may be a header's value
    redelivered: message.redelivered,
  };
}
