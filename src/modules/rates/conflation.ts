import type { Clock, Timer } from '../../kernel/clock.js';

interface Known<V> {
  lastAt: number;
  pending: V | undefined;
}

const LOOK_EVERY_MS = 20;

/** Lets the newest value of each key through, at once and then at most every `everyMs`. */
export class Conflation<V> {
  readonly #known = new Map<string, Known<V>>();
  readonly #waiting = new Set<string>();
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly out: (key: string, value: V) => void,
  ) {}

  offer(key: string, value: V): void {
    const now = this.clock.monotonic();
    let known = this.#known.get(key);
    if (!known) this.#known.set(key, (known = { lastAt: -Infinity, pending: undefined }));
    if (now - known.lastAt >= this.everyMs) return this.#let(key, known, value, now);
    known.pending = value;
    this.#waiting.add(key);
    this.#timer ??= this.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  /** Whether a newer value than the last that was let through waits. */
  isWaiting(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Forgets the value that waits. */
  drop(key: string): void {
    this.#waiting.delete(key);
  }

  /** Keys that are still of use; the others are forgotten. */
  keep(isOfUse: (key: string) => boolean): void {
    for (const key of this.#known.keys()) if (!isOfUse(key)) this.#forget(key);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.clear();
    this.#known.clear();
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.clock.monotonic();
    for (const key of this.#waiting) {
      const known = this.#known.get(key)!;
      if (now - known.lastAt >= this.everyMs) this.#let(key, known, known.pending!, now);
    }
    if (this.#waiting.size > 0) this.#timer ??= this.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #let(key: string, known: Known<V>, value: V, now: number): void {
    known.lastAt = now;
    known.pending = undefined;
    this.#waiting.delete(key);
    this.out(key, value);
  }

  #forget(key: string): void {
    this.#known.delete(key);
    this.#waiting.delete(key);
  }
}
