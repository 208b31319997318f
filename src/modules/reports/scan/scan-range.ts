import { Damage } from './damage.js';
import { GeneralScanner } from './general-scanner.js';
import { guessStart } from './guess-start.js';
import type { Range, RangeOutcome, ScanSettings } from './range.js';
import { RegularLane } from './regular-lane.js';
import { Sums } from './sums.js';

/** Bytes read at once; also how far a scan runs on before it sees that it was cancelled. */
export const BLOCK_BYTES = 256 * 1024;

export interface ScanInput {
  /** Reads up to `length` bytes from `position` of the file; 0 only at its end. */
  read(into: Uint8Array, length: number, position: number): number;
  /** Asked once a block. */
  cancelled(): boolean;
  /** The number of bytes read so far. */
  progress(bytes: number): void;
}

/** Scans one range. `block` is working memory of at least two bytes, best `BLOCK_BYTES`; it may be used again afterwards. */
export function scanRange(
  range: Range,
  settings: ScanSettings,
  input: ScanInput,
  block: Uint8Array,
): RangeOutcome {
  const blocks = new Blocks(input, block, settings.size, range.from);
  if (!blocks.next()) return { kind: 'cancelled' };
  let began = range.from;
  if (range.start === 'guess') {
    const guess = guessStart(block, blocks.length);
    if (guess < 0 || began + guess >= range.limit) return { kind: 'unguessed' };
    began += guess;
  }
  try {
    return scanFrom(began, range, settings, blocks);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const { offset, reason, unfinished } = error;
    return { kind: 'damaged', began, offset, reason, unfinished };
  }
}

function scanFrom(began: number, range: Range, settings: ScanSettings, blocks: Blocks): RangeOutcome {
  const sums = new Sums(settings.period);
  const scanner = new GeneralScanner({
    at: range.start === 'file' ? 'file' : 'element',
    limit: range.limit,
    sums,
    skipInvalid: settings.skipInvalid,
  });
  const lane = new RegularLane(sums);
  let at = began - blocks.base;
  while (blocks.length > 0) {
    readBlock(scanner, lane, blocks, at, range.limit);
    if (scanner.stopped) break;
    if (!blocks.next()) return { kind: 'cancelled' };
    at = 0;
  }
  scanner.finish(blocks.base + blocks.length);
  const { skipped, closed, next } = scanner;
  return { kind: 'read', began, next, closed, skipped, rows: sums.table.rows.slice() };
}

/** The fast lane as far as it goes, one element by the general scanner, and so on to the end of the block. */
function readBlock(
  scanner: GeneralScanner,
  lane: RegularLane,
  blocks: Blocks,
  from: number,
  limit: number,
): void {
  const { bytes, length, base } = blocks;
  const stop = Math.min(length, limit - base);
  let at = from;
  while (at < length && !scanner.stopped) {
    if (scanner.atElement) {
      const next = lane.read(bytes, at, stop);
      if (next > at) scanner.skipTo(base + next);
      at = next;
    }
    if (at < length && !scanner.stopped) at = scanner.read(bytes, at, length, base);
  }
}

/** The file in blocks from a position on, each with a 0 behind it. */
class Blocks {
  length = 0;
  base: number;
  readonly #from: number;

  constructor(
    readonly input: ScanInput,
    readonly bytes: Uint8Array,
    readonly size: number,
    from: number,
  ) {
    this.base = from;
    this.#from = from;
  }

  /** Reads the next block, of length 0 at the end of the file. False when the scan was cancelled. */
  next(): boolean {
    if (this.input.cancelled()) return false;
    this.base += this.length;
    const room = Math.min(this.bytes.length - 1, this.size - this.base);
    this.length = room > 0 ? this.input.read(this.bytes, room, this.base) : 0;
    this.bytes[this.length] = 0;
    this.input.progress(this.base + this.length - this.#from);
    return true;
  }
}
