import { Damage } from './damage.js';
import { firstOfLine, guessStart } from './guess-start.js';
import type { Range, RangeOutcome, ScanSettings } from './range.js';
import type { RegularLane } from './regular-lane.js';
import { TwoLanes } from './two-lanes.js';

export interface ScanInput {
  /** Reads up to `length` bytes from `position` of the file; 0 only at its end. */
  read(into: Uint8Array, length: number, position: number): number;
  /** Asked once a block. */
  cancelled(): boolean;
  /** The number of bytes read so far. */
  progress(bytes: number): void;
}

/** Scans one range. The lane may be used again afterwards. */
export function scanRange(
  range: Range,
  settings: ScanSettings,
  input: ScanInput,
  lane: RegularLane,
): RangeOutcome {
  // The end of the line before may be the last byte in front of the range.
  const byLine = range.start === 'guess' && settings.format === 'lines';
  const blocks = new Blocks(input, lane.bytes, settings.size, range.from - (byLine ? 1 : 0));
  if (!blocks.next()) return { kind: 'cancelled' };
  let began = range.from;
  if (range.start === 'guess') {
    const find = byLine ? firstOfLine : guessStart;
    const guess = find(lane.bytes, blocks.length);
    if (guess < 0 || blocks.base + guess >= range.limit) return { kind: 'unguessed' };
    began = blocks.base + guess;
  }
  try {
    return scanFrom(began, range, settings, blocks, lane);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const { offset, reason, unfinished } = error;
    return { kind: 'damaged', began, offset, reason, unfinished };
  }
}

function scanFrom(
  began: number,
  range: Range,
  settings: ScanSettings,
  blocks: Blocks,
  lane: RegularLane,
): RangeOutcome {
  const tables: Float64Array<ArrayBuffer>[] = [];
  const lanes = new TwoLanes(lane, {
    at: range.start === 'guess' ? 'element' : range.start,
    limit: range.limit,
    take: (rows) => tables.push(rows),
    ...settings,
  });
  let at = began - blocks.base;
  while (blocks.length > 0) {
    lanes.read(at, blocks.length, blocks.base);
    if (lanes.stopped) break;
    if (!blocks.next()) return { kind: 'cancelled' };
    at = 0;
  }
  return { kind: 'read', began, ...lanes.finish(blocks.base + blocks.length), tables };
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
