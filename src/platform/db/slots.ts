import { overloaded } from './db-errors.js';

/** Lets `size` pieces of work run at once; others wait in order, at most `maxWaiting` of them. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(
    private readonly size: number,
    private readonly maxWaiting: number,
  ) {
    this.#free = size;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else if (++this.#free === this.size) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Resolves when no work runs or waits. */
  idle(): Promise<void> {
    if (this.#free === this.size) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The slot is handed over, not freed. */
  #turn(): Promise<void> {
    if (this.#waiting.length >= this.maxWaiting) return Promise.reject(overloaded());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
