import type { Measure } from './threshold.js';

export interface Sample {
  /** Epoch ms. */
  at: number;
  measure: Measure;
}

/** How finely the begin of a window is known: a hundredth of it. */
const STEPS = 100;

/** The prices of one pair over the last so many seconds, thinned out, to know the one at their begin. */
export class PriceWindow {
  #samples: Sample[] = [];

  constructor(readonly windowMs: number) {}

  /** Samples come in the order of time; one too near to its predecessor is left out. */
  add(sample: Sample): void {
    const last = this.#samples.at(-1);
    if (last && sample.at - last.at < this.windowMs / STEPS) return;
    this.#samples.push(sample);
    this.#forget(sample.at);
  }

  /** Puts in what was known before, oldest first. */
  seed(samples: readonly Sample[]): void {
    const first = this.#samples[0]?.at ?? Infinity;
    const known = this.#samples;
    this.#samples = [];
    for (const sample of samples) if (sample.at < first) this.add(sample);
    this.#samples.push(...known);
  }

  /** The price that held when the window began, or the oldest that is known of it; undefined where none is. */
  base(now: number): Measure | undefined {
    this.#forget(now);
    return this.#samples[0]?.measure;
  }

  get size(): number {
    return this.#samples.length;
  }

  #forget(now: number): void {
    const begin = now - this.windowMs;
    let past = 0;
    while (past + 1 < this.#samples.length && this.#samples[past + 1]!.at <= begin) past++;
    if (past > 0) this.#samples.splice(0, past);
  }
}
