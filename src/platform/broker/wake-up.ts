import { type Clock, sleep } from '../../kernel/clock.js';

/** A bell that remembers one ring: a loop waits on it between looks. */
export class WakeUp {
  #rung = false;
  #waiting = new AbortController();

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.#rung = true;
    this.#waiting.abort();
  }

  /** Resolves at the next ring, at once if it rang since the last wait, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#rung) {
      this.#waiting = new AbortController();
      await sleep(this.clock, timeoutMs, this.#waiting.signal);
    }
    this.#rung = false;
  }
}
