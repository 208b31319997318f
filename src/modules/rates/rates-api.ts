import type { Course, CourseFilter } from './course.js';

export type HistoryInterval = '1m' | '5m' | '1h' | '1d';

/** Prices of one interval of time; decimals are exact. */
export interface Candle {
  /** Its begin; epoch ms. */
  at: number;
  open: string;
  high: string;
  low: string;
  close: string;
  exchanger: string;
  /** What it is a price in, where that is not the pair's second currency. */
  quotedIn?: string;
}

export interface HistoryQuery {
  /** Epoch ms; included. */
  from: number;
  /** Epoch ms; not included. */
  to: number;
  interval: HistoryInterval;
  /** Candles at most, 1 to 1,000. */
  limit: number;
}

/** An amount in another currency, and how it was reached. */
export interface Conversion {
  from: string;
  to: string;
  /** Decimals. */
  amount: string;
  result: string;
  /** What one unit of `from` is in `to`. */
  rate: string;
  /** The pairs that were gone through, in order; empty from a currency to itself. */
  path: readonly string[];
  /** The oldest of their times; epoch ms. */
  updatedAt: number;
  /** True: there is no path of fresh courses alone. */
  stale: boolean;
}

/** What other features may ask and hear of exchange rates. */
export interface RatesApi {
  /** The course of a pair, named in any case and by ids too. From memory; never waits. */
  course: (pair: string) => Course | undefined;
  /** Each pair from its best source, or the courses of one source. */
  courses: (filter?: CourseFilter) => Course[];
  /** Pairs of which something is known, in canonical form, in alphabetical order. */
  pairs: () => string[];
  /** Told after memory has changed, at most 5 times a second per pair, the newest each time. Returns how to stop that. */
  onCourse: (listener: (course: Course) => void) => () => void;
  /** Oldest first. Rejects with `rates.pair-not-found` (not-found) for what can be no pair. */
  history: (pair: string, query: HistoryQuery) => Promise<Candle[]>;
  /** Undefined where no path leads from one to the other. `amount` is a decimal in canonical form. */
  convert: (from: string, to: string, amount: string) => Conversion | undefined;
}
