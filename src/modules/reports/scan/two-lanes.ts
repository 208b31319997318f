import type { Period } from '../phone-stats.js';
import type { DataFormat } from './data-format.js';
import { GeneralScanner } from './general-scanner.js';
import type { RegularLane } from './regular-lane.js';
import { Sums } from './sums.js';

export interface TwoLanesOptions {
  at: 'file' | 'element' | 'behind-element';
  format: DataFormat;
  limit: number;
  period: Period;
  skipInvalid: boolean;
  /** Takes rows of sums; a phone may be in several. */
  take: (rows: Float64Array<ArrayBuffer>) => void;
}

/** What a stretch of the data gave. */
export interface Stretch {
  next: number;
  closed: boolean;
  lastEnd: number;
  skipped: number;
}

/** Reads regular records by the fast lane, any other one by the general scanner, and goes on by the fast lane. */
export class TwoLanes {
  readonly #lane: RegularLane;
  readonly #scanner: GeneralScanner;
  readonly #sums: Sums;
  readonly #limit: number;
  readonly #takeRows: (rows: Float64Array<ArrayBuffer>) => void;

  constructor(lane: RegularLane, { period, take, ...options }: TwoLanesOptions) {
    this.#lane = lane;
    this.#sums = new Sums(period);
    this.#scanner = new GeneralScanner({ ...options, sums: this.#sums });
    this.#limit = options.limit;
    this.#takeRows = take;
    lane.start(period);
  }

  /** Whether an element at the limit or behind it was reached. */
  get stopped(): boolean {
    return this.#scanner.stopped;
  }

  /** Reads the bytes of the lane from `from` to `length`, behind which a 0 stands. `base` is the place of index 0. */
  read(from: number, length: number, base: number): void {
    const scanner = this.#scanner;
    const { bytes } = this.#lane;
    let at = from;
    while (at < length && !scanner.stopped) {
      if (scanner.atElement) at = this.#readRegular(at, length, base);
      if (at < length && !scanner.stopped) at = scanner.read(bytes, at, length, base);
    }
  }

  /** The data end at `offset`, or the scan does: what was not taken yet is. */
  finish(offset: number): Stretch {
    this.#scanner.finish(offset);
    this.#take(this.#lane.takeRows());
    this.#take(this.#sums.table.rows.slice());
    const { next, closed, skipped, elementEnd: lastEnd } = this.#scanner;
    return { next, closed, lastEnd, skipped };
  }

  #readRegular(from: number, length: number, base: number): number {
    const stop = Math.min(length, this.#limit - base);
    let at = from;
    do {
      at = this.#lane.read(at, stop, this.#scanner.format);
    } while (at < stop && this.#makeRoom());
    if (at > from) this.#scanner.skipTo(base + at);
    return at;
  }

  /** False where the lane stopped for another reason. */
  #makeRoom(): boolean {
    if (!this.#lane.full) return false;
    this.#take(this.#lane.takeRows());
    return true;
  }

  #take(rows: Float64Array<ArrayBuffer>): void {
    if (rows.length > 0) this.#takeRows(rows);
  }
}
