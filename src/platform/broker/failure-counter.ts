import { LRUCache } from 'lru-cache';

export interface Failures {
  count: number;
  /** Epoch ms. */
  firstAt: number;
}

/** Counts failures by message, forgetting those not heard of for longest; so a count may start again, never grow. */
export class FailureCounter {
  readonly #byKey: LRUCache<string, Failures>;

  constructor(maxKeys = 10_000) {
    this.#byKey = new LRUCache({ max: maxKeys });
  }

  add(key: string, now: number): Failures {
    const before = this.#byKey.get(key);
    const failures = { count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? now };
    this.#byKey.set(key, failures);
    return failures;
  }

  get(key: string): Failures | undefined {
    return this.#byKey.get(key);
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }
}
