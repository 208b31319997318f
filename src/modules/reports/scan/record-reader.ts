import { Damage } from './damage.js';
import { faultOf, NOT_AN_OBJECT } from './record-rules.js';
import type { Sums } from './sums.js';

/** Gathers the three fields of the record being read; of a key that stands twice the last counts, as in JSON.parse. */
export class RecordReader {
  skipped = 0;
  #offset = 0;
  #isObject = false;
  #seen = 0;
  readonly #values = new Float64Array(3);

  /** Without `sums` records are only checked. */
  constructor(
    readonly sums: Sums | null,
    readonly skipInvalid: boolean,
  ) {}

  start(offset: number, isObject: boolean): void {
    this.#offset = offset;
    this.#isObject = isObject;
    this.#seen = 0;
  }

  /** A field's number, or NaN for a value of another kind. */
  field(field: number, value: number): void {
    this.#seen |= 1 << field;
    this.#values[field] = value;
  }

  end(): void {
    const [phone, startMs, endMs] = [this.#values[0]!, this.#values[1]!, this.#values[2]!];
    const fault = this.#isObject ? faultOf(this.#seen, phone, startMs, endMs) : NOT_AN_OBJECT;
    if (fault === null) this.sums?.add(phone, startMs, endMs);
    else if (this.skipInvalid) this.skipped++;
    else throw new Damage(this.#offset, fault);
  }
}
