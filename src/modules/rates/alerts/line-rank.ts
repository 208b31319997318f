import { compare } from './threshold.js';
import type { Measure } from './threshold.js';
import { isCrossed } from './turning-lines.js';
import type { Line, Side } from './turning-lines.js';

/** Waits at a line; names that are alike at one line would be one. */
export interface Ranked {
  readonly name: string;
  readonly line: Line;
}

/**
 * What waits at lines of one side, in the order of the lines: those that are crossed stand together at one end, so that a
 * course that crosses none costs a binary search, and one that crosses many no more than copying them.
 */
export class LineRank<T extends Ranked> {
  readonly #sorted: T[] = [];
  readonly #isRise: boolean;

  constructor(readonly side: Side) {
    this.#isRise = side.startsWith('>');
  }

  add(one: T): void {
    this.#sorted.splice(this.#placeOf(one), 0, one);
  }

  /** Nothing where it does not wait here. */
  remove(one: T): void {
    const place = this.#placeOf(one);
    if (this.#sorted[place] === one) this.#sorted.splice(place, 1);
  }

  /** Takes out what `by` has crossed. */
  cut(by: Measure): T[] {
    const place = this.#count(({ line }) => isCrossed(line, by) === this.#isRise);
    return this.#isRise ? this.#sorted.splice(0, place) : this.#sorted.splice(place);
  }

  #placeOf({ line, name }: T): number {
    return this.#count((other) => {
      const off = compare(other.line.at, line.at);
      return off < 0 || (off === 0 && other.name < name);
    });
  }

  /** How many there are at the begin of which this is true; it is of none behind them. */
  #count(isBefore: (one: T) => boolean): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
