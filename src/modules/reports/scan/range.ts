import type { Period } from '../phone-stats.js';
import type { DataFormat } from './data-format.js';

/** One stretch of the file: the elements that begin at `from` or later and before `limit`. */
export interface Range {
  from: number;
  /** Infinity for the last range. */
  limit: number;
  /**
   * Where the first element begins: known ('file': the data begin here; 'element': one begins exactly here;
   * 'behind-element': one ended exactly here), or to be guessed, which whoever asked must verify.
   */
  start: 'file' | 'element' | 'behind-element' | 'guess';
}

export interface ScanSettings {
  /** Bytes of the file that count. */
  size: number;
  /** Needed for ranges that do not begin with the data. */
  format: DataFormat;
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
      /** The data ended in this range: no element follows. */
      closed: boolean;
      /** Where the last element of a range ended that is closed; −1 where it has none. */
      lastEnd: number;
      skipped: number;
      /** Rows of `PhoneTable`s; a phone may be in several. */
      tables: Float64Array<ArrayBuffer>[];
    }
  | { kind: 'damaged'; began: number; offset: number; reason: string; unfinished: boolean }
  /** No place looked like the start of a record. */
  | { kind: 'unguessed' }
  | { kind: 'cancelled' };

/**
 * Cuts a file into ranges of about `rangeBytes`; only the first knows where it starts. Where `behind` is given, only
 * what follows the element that ended there.
 */
export function planRanges(size: number, rangeBytes: number, behind = 0): Range[] {
  const bytes = size - behind;
  const count = Math.max(1, Math.ceil(bytes / rangeBytes));
  return Array.from({ length: count }, (_, index) => ({
    from: behind + Math.floor((bytes * index) / count),
    limit: index === count - 1 ? Infinity : behind + Math.floor((bytes * (index + 1)) / count),
    start: index > 0 ? 'guess' : behind > 0 ? 'behind-element' : 'file',
  }));
}
