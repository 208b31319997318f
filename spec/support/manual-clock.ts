import type { Clock, Timer } from '../../src/kernel/clock.js';

interface Due {
  at: number;
  fn: () => void;
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;
  readonly #start: number;
  #timers: Due[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
    this.#start = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(delayMs: number, fn: () => void): Timer {
    const due: Due = { at: this.#now + Math.max(0, delayMs), fn };
    this.#timers.push(due);
    return { cancel: () => void (this.#timers = this.#timers.filter((timer) => timer !== due)) };
  }

  /** Moves the time, firing what falls due on the way in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
    }
    this.#now = end;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }
}
