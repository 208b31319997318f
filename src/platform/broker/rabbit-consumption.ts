import type { Channel } from 'rabbitmq-client';
import { type Clock, sleep } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import type { ConsumeOptions, Consumption } from './broker.js';
import type { RabbitIntake } from './rabbit-intake.js';
import type { RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';

const CANCEL_TIMEOUT_MS = 3_000;

export interface RabbitConsumptionDeps {
  link: RabbitLink;
  clock: Clock;
  log: Logger;
}

/**
 * Consumes one queue on a channel of its own, and again on another when that one is lost, its consumer is cancelled or the
 * queue deleted; never before the handlers of the lost channel have ended, so that the prefetch stays the bound.
 */
export class RabbitConsumption implements Consumption {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly deps: RabbitConsumptionDeps,
    private readonly options: ConsumeOptions,
    private readonly intake: RabbitIntake,
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
        if (!signal.aborted) this.intake.add(channel, message, signal);
      });
      await ended;
      if (this.#stopping.signal.aborted) await this.#cancel(channel, consumerTag);
    } finally {
      await this.intake.settled();
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
}
