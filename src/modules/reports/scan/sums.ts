import type { Period } from '../phone-stats.js';
import { PhoneTable } from './phone-table.js';

/** Takes the valid records and counts those that started in the period. */
export class Sums {
  readonly table = new PhoneTable();
  readonly #from: number;
  readonly #to: number;

  constructor(period: Period) {
    this.#from = period.fromMs ?? -Infinity;
    this.#to = period.toMs ?? Infinity;
  }

  add(phone: number, startMs: number, endMs: number): void {
    if (startMs >= this.#from && startMs < this.#to) this.table.add(phone, startMs, endMs);
  }
}
