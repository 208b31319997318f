import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';

/**
 * Calls to a store that may be away: bounded in time, a failure is the value given instead and a state, told in the
 * log once when it begins and once when it ends.
 */
export class GuardedCalls {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #timeoutMs: number;
  #state: PartState = { status: 'starting' };

  constructor(clock: Clock, log: Logger, timeoutMs: number) {
    this.#clock = clock;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  get state(): PartState {
    return this.#state;
  }

  async call<T>(work: () => Promise<T>, instead: T, timeoutMs = this.#timeoutMs): Promise<T> {
    try {
      const value = await this.#inTime(work(), timeoutMs);
      this.succeeded();
      return value;
    } catch (error) {
      this.failed(error);
      return instead;
    }
  }

  succeeded(): void {
    if (this.#state.status === 'degraded') this.#log.info({}, 'the cache is back');
    this.#state = { status: 'ok' };
  }

  failed(error: unknown): void {
    if (this.#state.status === 'degraded') return;
    const { code, name } = error as NodeJS.ErrnoException;
    this.#state = { status: 'degraded', detail: `the cache is away: ${code ?? name}` };
    this.#log.warn({ err: error }, 'the cache is away: every look-up is a miss until it is back');
  }

  stopped(): void {
    this.#state = { status: 'down', detail: 'stopped' };
  }

  #inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
      });
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
