import { PhoneTable } from './phone-table.js';
import type { ScanSettings } from './range.js';
import type { RegularLane } from './regular-lane.js';
import { TwoLanes } from './two-lanes.js';

/** Scans data that come in pieces from front to back, in memory that grows with the phones alone. */
export class PieceScanner {
  readonly #lane: RegularLane;
  readonly #lanes: TwoLanes;
  readonly #sums = new PhoneTable();
  #position = 0;

  constructor(lane: RegularLane, settings: Omit<ScanSettings, 'size' | 'format'>) {
    this.#lane = lane;
    this.#lanes = new TwoLanes(lane, {
      ...settings,
      at: 'file',
      format: 'array',
      limit: Infinity,
      take: (rows) => this.#sums.merge(rows),
    });
  }

  /** Bytes that were pushed. */
  get position(): number {
    return this.#position;
  }

  /** Throws `Damage`. */
  push(piece: Uint8Array): void {
    const { bytes } = this.#lane;
    const most = bytes.length - 1;
    for (let from = 0; from < piece.length; from += most) {
      const part = piece.subarray(from, from + most);
      bytes.set(part);
      bytes[part.length] = 0;
      this.#lanes.read(0, part.length, this.#position);
      this.#position += part.length;
    }
  }

  /** The data end here. Throws `Damage`. */
  finish(): { skipped: number; rows: Float64Array } {
    const { skipped } = this.#lanes.finish(this.#position);
    return { skipped, rows: this.#sums.rows };
  }
}
