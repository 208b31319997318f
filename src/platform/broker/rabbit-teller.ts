import type { Channel } from 'rabbitmq-client';
import type { News } from './broker.js';
import type { RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';

/** Messages that may wait for the socket; beyond them more are lost, as they would be old when they leave. */
const MOST_WAITING = 1_000;

/** Publishes what may be lost, on a channel of its own without confirms, so that it holds up nothing else. */
export class RabbitTeller {
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #waiting = 0;

  constructor(private readonly link: RabbitLink) {}

  tell({ exchange, routingKey, body, type }: News): boolean {
    if (!this.link.ready || this.#waiting >= MOST_WAITING) return false;
    if (!this.#channel?.active) {
      this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
      return false;
    }
    this.#waiting++;
    const properties = { exchange, routingKey, contentType: 'application/json', ...(type && { type }) };
    const done = (): void => void this.#waiting--;
    this.#channel.basicPublish(properties, body).then(done, done);
    return true;
  }

  async stop(): Promise<void> {
    await this.#opening;
    await this.#channel?.close();
  }

  /** Failing means that the link is lost, which it says itself. */
  async #open(): Promise<void> {
    const channel = await this.link.open().catch(() => undefined);
    // Somebody deleted the exchange.
    channel?.on('error', (error: unknown) => {
      if (codeOf(error) === 'NOT_FOUND') void this.link.redeclare().catch(() => undefined);
    });
    this.#channel = channel;
  }
}
