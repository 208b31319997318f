import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets the event loop turn once in so many steps of a long piece of work. */
export class Turns {
  readonly #every: number;
  #steps = 0;

  constructor(every: number) {
    this.#every = every;
  }

  /** Call after each step; await it where it gives a promise. */
  step(): Promise<void> | undefined {
    return ++this.#steps % this.#every === 0 ? nextTurn() : undefined;
  }
}
