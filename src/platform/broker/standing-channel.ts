import { type Clock, sleep } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import type { Consumption } from './broker.js';
import type { RabbitLink } from './rabbit-link.js';
import { codeOf } from './rabbit-topology.js';

export interface StandingChannelDeps {
  link: RabbitLink;
  clock: Clock;
  log: Logger;
}

/** What is done on a channel of its own, and again on another when that one is lost, until it is stopped. */
export class StandingChannel implements Consumption {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  /**
   * @param hold opens a channel, and resolves when that has ended or the signal of the stop is given
   * @param failed told of an error that a channel ended with
   */
  constructor(
    private readonly deps: Omit<StandingChannelDeps, 'log'>,
    private readonly hold: (stopping: AbortSignal) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#running = this.#stand(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #stand(stopping: AbortSignal): Promise<void> {
    const { link, clock } = this.deps;
    for (let failures = 0; !stopping.aborted;) {
      if (!(await link.whenReady(stopping))) return;
      try {
        await this.hold(stopping);
        failures = 0;
      } catch (error) {
        failures++;
        this.failed(error);
        if (codeOf(error) === 'NOT_FOUND') await link.redeclare().catch(() => undefined);
      }
      await sleep(clock, backoffMs(failures + 1, { baseMs: 100, capMs: 5_000 }), stopping);
    }
  }
}
