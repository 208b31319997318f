import type { AsyncMessage, Channel } from 'rabbitmq-client';
import { sleep } from '../../kernel/clock.js';
import type { BatchHandler, BatchOptions, Delivery, DeliveryHandler } from './broker.js';
import { RecentDeliveries, type RecentDeliveriesOptions } from './recent-deliveries.js';
import type { BatchTaker } from './take-batch.js';
import type { DeliveryTaker, Taken } from './take-delivery.js';

/** Before the database is asked again which redeliveries are known. */
const AWAY_MS = 500;

/** What is done with the messages of a channel. */
export interface RabbitIntake {
  add(channel: Channel, message: AsyncMessage, signal: AbortSignal): void;
  /** Resolves when all that was added is settled, or was left for the server to deliver again. */
  settled(): Promise<unknown>;
}

/** Each message for itself, as many at once as the prefetch lets through. */
export class SingleIntake implements RabbitIntake {
  readonly #inHand = new Set<Promise<void>>();

  constructor(
    private readonly queue: string,
    private readonly taker: DeliveryTaker,
    private readonly handler: DeliveryHandler,
  ) {}

  add(channel: Channel, message: AsyncMessage, signal: AbortSignal): void {
    const settled = this.#settle(channel, message, signal).finally(() => this.#inHand.delete(settled));
    this.#inHand.add(settled);
  }

  settled(): Promise<unknown> {
    return Promise.all(this.#inHand);
  }

  async #settle(channel: Channel, message: AsyncMessage, signal: AbortSignal): Promise<void> {
    const delivery = deliveryOf(this.queue, message);
    let taken = await this.taker.take(delivery, this.handler, { signal });
    // Tried again while it is in hand: given back, it would come as redelivered, and without a message id that
    // could make it pass for an equal one that was taken before.
    while (taken === 'retry' && channel.active && !signal.aborted) {
      taken = await this.taker.take(delivery, this.handler, { signal });
    }
    acknowledge(channel, message, taken);
  }
}

export interface BatchIntakeDeps extends Omit<RecentDeliveriesOptions, 'queue' | 'prefetch'> {
  taker: BatchTaker;
}

/** One batch at a time, of all that came while the one before was committed. */
export class BatchIntake implements RabbitIntake {
  readonly #waiting: AsyncMessage[] = [];
  readonly #recent: RecentDeliveries;
  #running: Promise<void> | undefined;

  constructor(
    private readonly deps: BatchIntakeDeps,
    private readonly options: BatchOptions,
    private readonly handler: BatchHandler,
  ) {
    this.#recent = new RecentDeliveries({ ...deps, ...options });
  }

  add(channel: Channel, message: AsyncMessage, signal: AbortSignal): void {
    this.#waiting.push(message);
    this.#running ??= this.#drain(channel, signal).finally(() => (this.#running = undefined));
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #drain(channel: Channel, signal: AbortSignal): Promise<void> {
    // What came with the same read of the socket goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 && !signal.aborted) {
      await this.#settle(channel, this.#next(), signal);
    }
    // The server delivers them again.
    this.#waiting.length = 0;
  }

  #next(): AsyncMessage[] {
    const { most, mostBytes } = this.options;
    let bytes = 0;
    let count = 0;
    while (count < Math.min(most, this.#waiting.length)) {
      bytes += (this.#waiting[count]!.body as Buffer).length;
      if (count > 0 && bytes > mostBytes) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #settle(channel: Channel, messages: readonly AsyncMessage[], signal: AbortSignal): Promise<void> {
    const deliveries = messages.map((message) => deliveryOf(this.options.queue, message));
    const outcomes = new Map<Delivery, Taken>(deliveries.map((delivery) => [delivery, 'retry']));
    for (let left = deliveries; left.length > 0 && channel.active && !signal.aborted;) {
      for (const [delivery, taken] of await this.#take(left, signal)) outcomes.set(delivery, taken);
      left = left.filter((delivery) => outcomes.get(delivery) === 'retry');
    }
    const taken = deliveries.map((delivery) => outcomes.get(delivery)!);
    if (taken.includes('retry')) messages.forEach((message, i) => acknowledge(channel, message, taken[i]!));
    // All before these are settled already, so one word is enough for all.
    else if (channel.active) channel.basicAck({ deliveryTag: messages.at(-1)!.deliveryTag, multiple: true });
  }

  async #take(deliveries: readonly Delivery[], signal: AbortSignal): Promise<[Delivery, Taken][]> {
    const seen = await this.#recent.seen(deliveries).catch(() => undefined);
    if (!seen) {
      await sleep(this.deps.clock, AWAY_MS, signal);
      return [];
    }
    const fresh = deliveries.filter((delivery) => !seen.has(delivery));
    if (fresh.length === 0) return deliveries.map((delivery) => [delivery, 'seen']);
    const remember = this.#recent.remember.bind(this.#recent);
    const taken = await this.deps.taker.take(fresh, this.handler, { signal, remember });
    const before = deliveries.filter((delivery) => seen.has(delivery));
    return [
      ...before.map((delivery): [Delivery, Taken] => [delivery, 'seen']),
      ...fresh.map((delivery, i): [Delivery, Taken] => [delivery, taken[i]!]),
    ];
  }
}

/** On a channel that is gone there is nothing to say: the server delivers the message again. */
function acknowledge(channel: Channel, { deliveryTag }: AsyncMessage, taken: Taken): void {
  if (!channel.active) return;
  if (taken === 'retry') channel.basicNack({ deliveryTag, requeue: true });
  else channel.basicAck({ deliveryTag });
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
