/** What may pass at once above the even pace: timers are no more exact than this. */
const SLACK_MS = 50;

/**
 * Keeps requests apart so that no more than `ratePerS` begin in a second: each takes its place in an even row, and may
 * come up to 50 ms before it.
 */
export class Pace {
  #nextAt = -Infinity;

  constructor(private ratePerS: number | null) {}

  set(ratePerS: number | null): void {
    this.ratePerS = ratePerS;
    if (ratePerS === null) this.#nextAt = -Infinity;
  }

  /** Milliseconds until the next may begin; 0 when it may now. */
  waitMs(now: number): number {
    return this.ratePerS === null ? 0 : Math.max(0, this.#nextAt - SLACK_MS - now);
  }

  take(now: number): void {
    if (this.ratePerS !== null) this.#nextAt = Math.max(this.#nextAt, now) + 1000 / this.ratePerS;
  }
}
