import type { Channel } from 'rabbitmq-client';
import { type Clock, sleep } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { randomHex } from '../../kernel/random-pool.js';
import { backoffMs } from './backoff.js';
import type { Consumption, NewsHandler, StreamDeclaration } from './broker.js';
import type { RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';

const BIND_EVERY_MS = 10_000;

export interface RabbitListeningDeps {
  link: RabbitLink;
  clock: Clock;
  log: Logger;
}

/** Reads a stream: an exclusive queue of a new name on every connection, as the server may not have let go of the last. */
export class RabbitListening implements Consumption {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly deps: RabbitListeningDeps,
    private readonly declared: StreamDeclaration,
    private readonly handler: NewsHandler,
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
        await this.#listen();
        failures = 0;
      } catch (error) {
        failures++;
        log.warn({ stream: this.declared.stream, err: error }, 'the stream is not read; trying again');
        if (codeOf(error) === 'NOT_FOUND') await link.redeclare().catch(() => undefined);
      }
      await sleep(clock, backoffMs(failures + 1, { baseMs: 100, capMs: 5_000 }), signal);
    }
  }

  /** Resolves when the channel has ended, or the queue was deleted. */
  async #listen(): Promise<void> {
    const channel = await this.deps.link.open();
    const over = new AbortController();
    const end = (): void => over.abort();
    channel.once('close', end);
    channel.once('basic.cancel', end);
    this.#stopping.signal.addEventListener('abort', end, { once: true });
    try {
      const queue = await this.#declare(channel);
      await channel.basicConsume({ queue, noAck: true, exclusive: true }, ({ routingKey, body }) => {
        if (!this.#stopping.signal.aborted) this.#hand(routingKey, body as Buffer);
      });
      await this.#bindNowAndThen(channel, queue, over.signal);
    } finally {
      end();
      this.#stopping.signal.removeEventListener('abort', end);
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
