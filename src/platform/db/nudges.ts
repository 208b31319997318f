import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';

/** Listeners of this process by channel; told once a turn however often a channel is nudged. */
export class Nudges {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #due = new Set<string>();

  constructor(private readonly log: Logger) {}

  fire(channel: string): void {
    if (this.#due.has(channel)) return;
    this.#due.add(channel);
    queueMicrotask(() => {
      this.#due.delete(channel);
      for (const listener of this.#listeners.get(channel) ?? []) this.#tell(channel, listener);
    });
  }

  /** After a time in which nudges of others may have been missed. */
  fireAll(): void {
    for (const channel of this.#listeners.keys()) this.fire(channel);
  }

  on(channel: string, listener: () => void): () => void {
    // A wrapper of its own, so that one function may listen twice.
    const own = (): void => listener();
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
    };
  }

  #tell(channel: string, listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.log.error({ channel, error: messageOf(error) }, 'a listener of a nudge failed');
    }
  }
}
