/** In-process signals: listeners are called once per turn and channel, however often it was nudged. */
export class Nudges {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #due = new Set<string>();

  on(channel: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  nudge(channel: string): void {
    if (this.#due.has(channel)) return;
    this.#due.add(channel);
    queueMicrotask(() => {
      this.#due.delete(channel);
      for (const listener of this.#listeners.get(channel) ?? []) listener();
    });
  }
}
