import { compareDecimals } from './decimal.js';
import type { Quote } from './quote.js';
import { seriesOf } from './tracked-pair.js';

export const MINUTE_MS = 60_000;

/** A minute of one source, in the making. */
export interface Minute {
  readonly exchanger: string;
  readonly pair: string;
  /** Epoch ms of its begin. */
  readonly at: number;
  readonly open: string;
  high: string;
  low: string;
  close: string;
}

/** Minutes that wait to be written while the database is away; beyond them the oldest are lost. */
const MOST_WAITING = 20_000;

/** Makes minutes of prices, each price counted; they are written now and then, an unfinished one again. */
export class CandleMaker {
  /** The newest minute of each series. */
  readonly #minutes = new Map<string, Minute>();
  /** Those that have changed since they were written. */
  #waiting = new Set<Minute>();

  /** @param lost told of how many minutes were given up */
  constructor(private readonly lost: (count: number) => void) {}

  add(quote: Quote): void {
    const series = seriesOf(quote);
    const at = quote.at - (quote.at % MINUTE_MS);
    const known = this.#minutes.get(series);
    // Its minute was written long ago, and what is told first is not known any more.
    if (known && at < known.at) return;
    const minute = known?.at === at ? known : begun(quote, at);
    if (minute !== known) this.#minutes.set(series, minute);
    if (compareDecimals(quote.valueText, minute.high) > 0) minute.high = quote.valueText;
    if (compareDecimals(quote.valueText, minute.low) < 0) minute.low = quote.valueText;
    minute.close = quote.valueText;
    this.#wait(minute);
  }

  /** Has what has changed written by `write`; what could not be waits on. */
  async flush(write: (minutes: readonly Minute[]) => Promise<void>, now: number): Promise<void> {
    const minutes = this.#waiting;
    if (minutes.size === 0) return;
    this.#waiting = new Set();
    try {
      await write([...minutes]);
    } catch (error) {
      this.#waiting = new Set([...minutes, ...this.#waiting]);
      throw error;
    } finally {
      this.#forget(now - 2 * MINUTE_MS);
    }
  }

  /** Series that say nothing any more take no memory. */
  #forget(before: number): void {
    for (const [series, { at }] of this.#minutes) if (at < before) this.#minutes.delete(series);
  }

  #wait(minute: Minute): void {
    this.#waiting.add(minute);
    if (this.#waiting.size <= MOST_WAITING) return;
    const [oldest] = this.#waiting;
    this.#waiting.delete(oldest!);
    this.lost(1);
  }
}

function begun({ exchanger, pair, valueText }: Quote, at: number): Minute {
  return { exchanger, pair, at, open: valueText, high: valueText, low: valueText, close: valueText };
}
