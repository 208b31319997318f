/**
 * A row is `STRIDE` numbers. Each sum is two of them, `high` × 2^52 + `low`, so that it stays exact
 * beyond 2^53 without a BigInt in the loop.
 */
export const STRIDE = 10;
export const PHONE = 0;
export const UP_TO_10S = 1;
export const FROM_10_TO_30S = 2;
export const OVER_30S = 3;
export const MIN_MS = 4;
export const MAX_MS = 5;
export const SUM_LOW = 6;
export const SUM_HIGH = 7;
export const OVER_15S_LOW = 8;
export const OVER_15S_HIGH = 9;
export const SUM_UNIT = 2 ** 52;

const FIRST_ROWS = 512;

/** A table as it goes from thread to thread: its buffers are transferred, not copied. */
export interface PhoneTableState {
  rows: Float64Array<ArrayBuffer>;
  slots: Int32Array<ArrayBuffer>;
  count: number;
}

/** Sums per phone: dense rows of doubles, found by open addressing. Grows with the phones alone. */
export class PhoneTable {
  #rows = new Float64Array(FIRST_ROWS * STRIDE);
  /** Row number + 1; 0 is free. Twice as many slots as rows, so at most half of them are taken. */
  #slots = new Int32Array(FIRST_ROWS * 2);
  #count = 0;

  /** Goes on with a table that another thread gave away. */
  static of(state: PhoneTableState): PhoneTable {
    const table = new PhoneTable();
    table.#rows = state.rows;
    table.#slots = state.slots;
    table.#count = state.count;
    return table;
  }

  /** What to give away; this table must not be used any more. */
  give(): PhoneTableState {
    return { rows: this.#rows, slots: this.#slots, count: this.#count };
  }

  get count(): number {
    return this.#count;
  }

  /** The rows in use: a view, valid until the next change. */
  get rows(): Float64Array {
    return this.#rows.subarray(0, this.#count * STRIDE);
  }

  /** Counts one attempt. All three are whole numbers, `endMs` ≥ `startMs`. */
  add(phone: number, startMs: number, endMs: number): void {
    const at = this.#find(phone);
    const rows = this.#rows;
    const ms = endMs - startMs;
    rows[at + (ms <= 10_000 ? UP_TO_10S : ms <= 30_000 ? FROM_10_TO_30S : OVER_30S)]! += 1;
    if (ms < rows[at + MIN_MS]!) rows[at + MIN_MS] = ms;
    if (ms > rows[at + MAX_MS]!) rows[at + MAX_MS] = ms;
    if (ms < SUM_UNIT) {
      addTo(rows, at + SUM_LOW, ms);
      if (ms > 15_000) addTo(rows, at + OVER_15S_LOW, ms);
    } else {
      addLong(rows, at, startMs, endMs);
    }
  }

  /** Adds the sums of another table, given its rows. */
  merge(from: Float64Array): void {
    for (let row = 0; row < from.length; row += STRIDE) {
      const at = this.#find(from[row + PHONE]!);
      const rows = this.#rows;
      for (let count = UP_TO_10S; count <= OVER_30S; count++) rows[at + count]! += from[row + count]!;
      rows[at + MIN_MS] = Math.min(rows[at + MIN_MS]!, from[row + MIN_MS]!);
      rows[at + MAX_MS] = Math.max(rows[at + MAX_MS]!, from[row + MAX_MS]!);
      for (let sum = SUM_LOW; sum <= OVER_15S_LOW; sum += 2) {
        rows[at + sum + 1]! += from[row + sum + 1]!;
        addTo(rows, at + sum, from[row + sum]!);
      }
    }
  }

  /** Where the phone's row begins; makes it when there is none. */
  #find(phone: number): number {
    const slots = this.#slots;
    const rows = this.#rows;
    const mask = slots.length - 1;
    let slot = slotOf(phone, mask);
    for (;;) {
      const row = slots[slot]!;
      if (row === 0) return this.#insert(phone, slot);
      const at = (row - 1) * STRIDE;
      if (rows[at] === phone) return at;
      slot = (slot + 1) & mask;
    }
  }

  #insert(phone: number, slot: number): number {
    if (this.#count * STRIDE === this.#rows.length) {
      this.#grow();
      return this.#find(phone);
    }
    const at = this.#count * STRIDE;
    this.#slots[slot] = ++this.#count;
    this.#rows[at + PHONE] = phone;
    this.#rows[at + MIN_MS] = Infinity;
    this.#rows[at + MAX_MS] = -Infinity;
    return at;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      let slot = slotOf(rows[row * STRIDE]!, mask);
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#rows = rows;
    this.#slots = slots;
  }
}

/** By other bits of the hash than those that say which part of the phones a table is for. */
function slotOf(phone: number, mask: number): number {
  return (hashOf(phone) >>> 3) & mask;
}

/** 32 well mixed bits of a whole number below 2^53. */
export function hashOf(phone: number): number {
  const high = (phone / 4294967296) | 0;
  let mixed = Math.imul((phone | 0) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** `amount` is below 2^52, as the low part is, so that their sum is exact. */
function addTo(rows: Float64Array, low: number, amount: number): void {
  const sum = rows[low]! + amount;
  if (sum < SUM_UNIT) {
    rows[low] = sum;
  } else {
    rows[low] = sum - SUM_UNIT;
    rows[low + 1]! += 1;
  }
}

/** A duration that may pass 2^53 is not exact as a difference: its two ends are added apart. */
function addLong(rows: Float64Array, at: number, startMs: number, endMs: number): void {
  for (const low of [at + SUM_LOW, at + OVER_15S_LOW]) {
    if (startMs < 0 && endMs > 0) {
      addPart(rows, low, -startMs);
      addPart(rows, low, endMs);
    } else {
      addPart(rows, low, endMs - startMs);
    }
  }
}

function addPart(rows: Float64Array, low: number, amount: number): void {
  const high = Math.floor(amount / SUM_UNIT);
  rows[low + 1]! += high;
  addTo(rows, low, amount - high * SUM_UNIT);
}
