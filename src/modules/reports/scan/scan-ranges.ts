import type { Range, RangeOutcome } from './range.js';

export interface RangesInput {
  ranges: readonly Range[];
  /** Ranges that may be under way at once. */
  concurrency: number;
  /** Scans one range; `index` is its place in `ranges`. */
  run: (range: Range, index: number) => Promise<RangeOutcome>;
  /** Takes the sums of a range known to be right, in the order of the file. */
  accept(tables: Float64Array<ArrayBuffer>[]): Promise<void>;
  /** Asks every scan under way to end soon. */
  abandon(): void;
}

export type RangesOutcome =
  /** `lastEnd` is where the last element ended; −1 where there is none. */
  | { kind: 'read'; skipped: number; lastEnd: number }
  | { kind: 'damaged'; offset: number; reason: string; unfinished: boolean }
  | { kind: 'cancelled' };

/** After so many wrong guesses the file is no place for guessing: its ranges are read one after the other. */
const WRONG_GUESSES = 3;

/**
 * Scans ranges side by side and verifies them in the order of the file: a range counts where it began exactly where the
 * one before it ended, else it is scanned again from there. The first range starts at a known place, so by induction
 * the outcome is that of one scan from front to back, and the damage reported is the first in the file.
 */
export async function scanRanges(input: RangesInput): Promise<RangesOutcome> {
  const ahead = new Ahead(input);
  try {
    return await verifyInOrder(input, ahead);
  } finally {
    input.abandon();
    await ahead.settled();
  }
}

async function verifyInOrder(input: RangesInput, ahead: Ahead): Promise<RangesOutcome> {
  let [position, skipped, lastEnd] = [input.ranges[0]!.from, 0, -1];
  for (const [index, range] of input.ranges.entries()) {
    if (position >= range.limit) continue;
    const outcome = await ahead.outcomeFrom(position, index);
    if (outcome.kind === 'damaged') {
      const { kind, offset, reason, unfinished } = outcome;
      return { kind, offset, reason, unfinished };
    }
    if (outcome.kind !== 'read') return { kind: 'cancelled' };
    skipped += outcome.skipped;
    await input.accept(outcome.tables);
    lastEnd = outcome.lastEnd;
    if (outcome.closed) break;
    position = outcome.next;
  }
  return { kind: 'read', skipped, lastEnd };
}

/** Keeps some ranges under way in front of the one that is verified. */
class Ahead {
  readonly #input: RangesInput;
  readonly #underWay = new Map<number, Promise<RangeOutcome>>();
  #started = 0;
  #wrong = 0;

  constructor(input: RangesInput) {
    this.#input = input;
  }

  /** The outcome of a range whose first element begins at `position`. */
  async outcomeFrom(position: number, index: number): Promise<RangeOutcome> {
    this.#startUntil(index + (this.#wrong < WRONG_GUESSES ? this.#input.concurrency : 0));
    const guessed = await this.#underWay.get(index);
    this.#underWay.delete(index);
    if (guessed && holds(guessed, position)) return guessed;
    if (guessed) this.#wrong++;
    this.#started = Math.max(this.#started, index + 1);
    const range = this.#input.ranges[index]!;
    return this.#input.run({ from: position, limit: range.limit, start: 'element' }, index);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  #startUntil(end: number): void {
    const { ranges, run } = this.#input;
    for (; this.#started < Math.min(end, ranges.length); this.#started++) {
      const outcome = run(ranges[this.#started]!, this.#started);
      // It is awaited in its turn; until then a failure must not count as unhandled.
      outcome.catch(() => undefined);
      this.#underWay.set(this.#started, outcome);
    }
  }
}

function holds(outcome: RangeOutcome, position: number): boolean {
  return outcome.kind === 'cancelled' || (outcome.kind !== 'unguessed' && outcome.began === position);
}
