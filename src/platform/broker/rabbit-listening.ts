import type { Channel } from 'rabbitmq-client';
import { sleep } from '../../kernel/clock.js';
import { randomHex } from '../../kernel/random-pool.js';
import type { Consumption, NewsHandler, StreamDeclaration } from './broker.js';
import { StandingChannel, type StandingChannelDeps } from './standing-channel.js';

const BIND_EVERY_MS = 10_000;

/** Reads a stream: an exclusive queue of a new name on every connection, as the server may not have let go of the last. */
export class RabbitListening implements Consumption {
  readonly #standing: StandingChannel;

  constructor(
    private readonly deps: StandingChannelDeps,
    private readonly declared: StreamDeclaration,
    private readonly handler: NewsHandler,
  ) {
    const { stream } = declared;
    this.#standing = new StandingChannel(
      deps,
      (stopping) => this.#listen(stopping),
      (err) => deps.log.warn({ stream, err }, 'the stream is not read; trying again'),
    );
  }

  stop(): Promise<void> {
    return this.#standing.stop();
  }

  /** Resolves when the channel has ended, or the queue was deleted. */
  async #listen(stopping: AbortSignal): Promise<void> {
    const channel = await this.deps.link.open();
    const over = new AbortController();
    const end = (): void => over.abort();
    channel.once('close', end);
    channel.once('basic.cancel', end);
    stopping.addEventListener('abort', end, { once: true });
    try {
      const queue = await this.#declare(channel);
      await channel.basicConsume({ queue, noAck: true, exclusive: true }, ({ routingKey, body }) => {
        if (!stopping.aborted) this.#hand(routingKey, body as Buffer);
      });
      await this.#bindNowAndThen(channel, queue, over.signal);
    } finally {
      end();
      stopping.removeEventListener('abort', end);
      await channel.close();
    }
  }

  async #declare(channel: Channel): Promise<string> {
    const { stream, maxLength } = this.declared;
    const queue = `switchyard.${stream}.${randomHex(8)}`;
    const limits = { 'x-max-length': maxLength, 'x-overflow': 'drop-head' } as const;
    await channel.queueDeclare({ queue, exclusive: true, autoDelete: true, arguments: limits });
    await this.#bind(channel, queue);
    return queue;
  }

  async #bind(channel: Channel, queue: string): Promise<void> {
    for (const { exchange, routingKey } of this.declared.bindings)
      await channel.queueBind({ queue, exchange, routingKey });
  }

  /** Somebody may delete the exchange and with it the binding, of which nobody is told. */
  async #bindNowAndThen(channel: Channel, queue: string, ended: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.deps.clock, BIND_EVERY_MS, ended);
      if (ended.aborted || !channel.active) return;
      await this.#bind(channel, queue).catch(() => undefined); // the channel has ended then
    }
  }

  #hand(routingKey: string, body: Buffer): void {
    try {
      this.handler({ routingKey, body });
    } catch (error) {
      this.deps.log.error({ err: error, routingKey }, 'a message of a stream could not be taken');
    }
  }
}
