import type { Channel } from 'rabbitmq-client';
import { sleep } from '../../kernel/clock.js';
import type { ConsumeOptions, Consumption } from './broker.js';
import type { RabbitIntake } from './rabbit-intake.js';
import { StandingChannel, type StandingChannelDeps } from './standing-channel.js';

const CANCEL_TIMEOUT_MS = 3_000;

/**
 * Consumes one queue on a channel of its own, and again on another when that one is lost, its consumer is cancelled or the
 * queue deleted; never before the handlers of the lost channel have ended, so that the prefetch stays the bound.
 */
export class RabbitConsumption implements Consumption {
  readonly #standing: StandingChannel;

  constructor(
    private readonly deps: StandingChannelDeps,
    private readonly options: ConsumeOptions,
    private readonly intake: RabbitIntake,
  ) {
    const { queue } = options;
    this.#standing = new StandingChannel(
      deps,
      (stopping) => this.#consume(stopping),
      (err) => deps.log.warn({ queue, err }, 'the queue is not consumed; trying again'),
    );
  }

  stop(): Promise<void> {
    return this.#standing.stop();
  }

  /** Resolves when the channel has ended and everything that came by it is settled. */
  async #consume(stopping: AbortSignal): Promise<void> {
    const { queue, prefetch } = this.options;
    const channel = await this.deps.link.open();
    const lost = new AbortController();
    const ended = new Promise<void>((resolve) => {
      channel.once('close', () => {
        lost.abort();
        resolve();
      });
      channel.once('basic.cancel', () => resolve());
      stopping.addEventListener('abort', () => resolve(), { once: true });
    });
    const signal = AbortSignal.any([lost.signal, stopping]);
    try {
      await channel.basicQos({ prefetchCount: prefetch });
      const { consumerTag } = await channel.basicConsume({ queue }, (message) => {
        if (!signal.aborted) this.intake.add(channel, message, signal);
      });
      await ended;
      if (stopping.aborted) await this.#cancel(channel, consumerTag);
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
