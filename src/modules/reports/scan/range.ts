import type { Period } from '../phone-stats.js';

/** One stretch of the file: the elements that begin at `from` or later and before `limit`. */
export interface Range {
  from: number;
  /** Infinity for the last range. */
  limit: number;
  /**
   * Where the first element begins: known ('file': the array opens here; 'element': one begins exactly here),
   * or to be guessed, which whoever asked must verify.
   */
  start: 'file' | 'element' | 'guess';
}

export interface ScanSettings {
  /** Bytes of the file that count. */
  size: number;
  period: Period;
  skipInvalid: boolean;
}

/**
 * What a range gave. `began` is where it began to read and `next` where the first element behind it begins: by
 * comparing the `next` of one range with the `began` of the following, a wrong guess is found out.
 */
export type RangeOutcome =
  | {
      kind: 'read';
      began: number;
      next: number;
      /** The array ended in this range, so that no element follows. */
      closed: boolean;
      skipped: number;
      /** Rows of a `PhoneTable`. */
      rows: Float64Array<ArrayBuffer>;
    }
  | { kind: 'damaged'; began: number; offset: number; reason: string; unfinished: boolean }
  /** No place looked like the start of a record. */
  | { kind: 'unguessed' }
  | { kind: 'cancelled' };

/** Cuts a file into ranges of about `rangeBytes`; only the first knows where it starts. */
export function planRanges(size: number, rangeBytes: number): Range[] {
  const count = Math.max(1, Math.ceil(size / rangeBytes));
  return Array.from({ length: count }, (_, index) => ({
    from: Math.floor((size * index) / count),
    limit: index === count - 1 ? Infinity : Math.floor((size * (index + 1)) / count),
    start: index === 0 ? 'file' : 'guess',
  }));
}
