import { readFileSync } from 'node:fs';
import type { DataFormat } from './data-format.js';
import type { Period } from '../phone-stats.js';
import { STRIDE } from './phone-table.js';

/** Bytes read at once; also how far a scan runs on before it sees that it was cancelled. */
export const BLOCK_BYTES = 256 * 1024;

/**
 * The fast path beside the general scanner: reads regular records straight into sums per phone. It never judges:
 * what it has read is what the general scanner would have, and at anything else it stops before that record.
 */
export interface RegularLane {
  /** Where the file is read to: at least two bytes, the last of them for the 0 that must follow what was read. */
  readonly bytes: Uint8Array;
  /** Forgets all sums; attempts that start in the period will be counted. */
  start: (period: Period) => void;
  /**
   * `from` is the first byte of an element in `bytes`; returns the first byte of the first element that it did not
   * read, which is at or behind `stop` where all before it were regular.
   */
  read: (from: number, stop: number, format: DataFormat) => number;
  /** Whether it stopped for want of room, and goes on when its rows have been taken. */
  readonly full: boolean;
  /** Takes the sums out, as rows of a `PhoneTable`. */
  takeRows: () => Float64Array<ArrayBuffer>;
}

/** The exports of `assembly/regular-lane.ts`. */
interface LaneExports {
  memory: WebAssembly.Memory;
  blockAt: WebAssembly.Global;
  rowsAt: WebAssembly.Global;
  mostRows: WebAssembly.Global;
  start: (fromMs: number, toMs: number) => void;
  clear: () => void;
  readArray: (at: number, stop: number) => number;
  readLines: (at: number, stop: number) => number;
  rowCount: () => number;
}

let compiled: WebAssembly.Module | undefined;

/** A lane with memory of its own, about 6 MB of which what is used becomes resident. */
export function createRegularLane(blockBytes = BLOCK_BYTES): RegularLane {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./regular-lane.wasm', import.meta.url)));
  return new WasmLane(new WebAssembly.Instance(compiled), blockBytes);
}

/** Leaves every record to the general scanner. */
export function createEmptyLane(blockBytes = BLOCK_BYTES): RegularLane {
  return {
    bytes: new Uint8Array(blockBytes + 1),
    start: () => undefined,
    read: (from) => from,
    full: false,
    takeRows: () => new Float64Array(0),
  };
}

class WasmLane implements RegularLane {
  readonly bytes: Uint8Array;
  readonly #exports: LaneExports;
  readonly #base: number;

  constructor(instance: WebAssembly.Instance, blockBytes: number) {
    if (blockBytes > BLOCK_BYTES) throw new RangeError(`a block has at most ${BLOCK_BYTES} bytes`);
    this.#exports = instance.exports as LaneExports;
    this.#base = this.#exports.blockAt.value;
    this.bytes = new Uint8Array(this.#exports.memory.buffer, this.#base, blockBytes + 1);
  }

  get full(): boolean {
    return this.#exports.rowCount() === this.#exports.mostRows.value;
  }

  start({ fromMs, toMs }: Period): void {
    this.#exports.start(fromMs ?? -Infinity, toMs ?? Infinity);
  }

  read(from: number, stop: number, format: DataFormat): number {
    const read = format === 'array' ? this.#exports.readArray : this.#exports.readLines;
    return read(this.#base + from, this.#base + stop) - this.#base;
  }

  takeRows(): Float64Array<ArrayBuffer> {
    const { memory, rowsAt, rowCount, clear } = this.#exports;
    const rows = new Float64Array(memory.buffer, rowsAt.value, rowCount() * STRIDE).slice();
    clear();
    return rows;
  }
}
