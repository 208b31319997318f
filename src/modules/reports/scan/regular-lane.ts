import { CLOSE_OBJECT, COLON, COMMA, isSpace, NINE, OPEN_OBJECT, QUOTE, ZERO } from './json-bytes.js';
import { ALL_FIELDS } from './record-rules.js';
import type { Sums } from './sums.js';

/** Fewer than 2^53 and than the largest date have, so that no bound needs a check here. */
const MOST_DIGITS = 15;
const HALF_DIGITS = 8;
const POWERS_OF_10 = Float64Array.from({ length: HALF_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** The keys behind their quote and first letter, with the closing quote. */
const REST_OF_PHONE = Buffer.from('hone"');
const REST_OF_START = Buffer.from('tart_date"');
const REST_OF_END = Buffer.from('nd_date"');
const [P, S, E] = [0x70, 0x73, 0x65];

/**
 * Reads records as they nearly always are: the three keys in any order, each once, plain whole numbers, white space
 * anywhere. At anything else it stops before that record, which then is the general scanner's, as is any that it
 * cannot see the whole of. So it never judges, and what it has read is what the general scanner would have.
 */
export class RegularLane {
  readonly #sums: Sums;
  readonly #values = new Float64Array(3);
  /** Where the value just read ended. */
  #at = 0;

  constructor(sums: Sums) {
    this.#sums = sums;
  }

  /**
   * `from` is the first byte of an element; returns the first byte of the first element that it did not read,
   * which is at or behind `stop` where all before it were regular. `bytes[end]` must be there and be 0.
   */
  read(bytes: Uint8Array, from: number, stop: number): number {
    const values = this.#values;
    let record = from;
    while (record < stop) {
      if (bytes[record] !== OPEN_OBJECT || !this.#fields(bytes, record + 1)) return record;
      const next = this.#nextElement(bytes, this.#at);
      const [phone, startMs, endMs] = [values[0]!, values[1]!, values[2]!];
      if (next < 0 || endMs < startMs) return record;
      this.#sums.add(phone, startMs, endMs);
      record = next;
    }
    return record;
  }

  /** The three fields and the closing brace; leaves the index behind it in `#at`. */
  // eslint-disable-next-line complexity -- the hot loop of a cold report, one branch a kind of byte
  #fields(bytes: Uint8Array, from: number): boolean {
    let at = from;
    let seen = 0;
    for (;;) {
      while (isSpace(bytes[at]!)) at++;
      if (bytes[at] !== QUOTE) return false;
      const first = bytes[at + 1]!;
      const field = first === P ? 0 : first === S ? 1 : first === E ? 2 : -1;
      if (field < 0 || (seen & (1 << field)) !== 0) return false;
      seen |= 1 << field;
      const rest = field === 0 ? REST_OF_PHONE : field === 1 ? REST_OF_START : REST_OF_END;
      if (!matches(bytes, at + 2, rest)) return false;
      at += 2 + rest.length;
      while (isSpace(bytes[at]!)) at++;
      if (bytes[at] !== COLON || !this.#number(bytes, at + 1, field)) return false;
      at = this.#at;
      while (isSpace(bytes[at]!)) at++;
      const byte = bytes[at++]!;
      if (byte === COMMA) continue;
      this.#at = at;
      return byte === CLOSE_OBJECT && seen === ALL_FIELDS;
    }
  }

  /** A whole number of up to 15 digits; its halves are small integers, which cost less than doubles. */
  #number(bytes: Uint8Array, from: number, field: number): boolean {
    let at = from;
    while (isSpace(bytes[at]!)) at++;
    const start = at;
    const middle = start + HALF_DIGITS;
    let high = 0;
    let byte = bytes[at]!;
    while (byte >= ZERO && byte <= NINE && at < middle) {
      high = (high * 10 + byte - ZERO) | 0;
      byte = bytes[++at]!;
    }
    let low = 0;
    const lowStart = at;
    while (byte >= ZERO && byte <= NINE && at < start + MOST_DIGITS) {
      low = (low * 10 + byte - ZERO) | 0;
      byte = bytes[++at]!;
    }
    const digits = at - start;
    if (digits === 0 || (digits > 1 && bytes[start] === ZERO)) return false;
    this.#values[field] = high * POWERS_OF_10[at - lowStart]! + low;
    this.#at = at;
    return true;
  }

  /** Over the comma to the next element's first byte; −1 where that is not in sight. */
  #nextElement(bytes: Uint8Array, from: number): number {
    let at = from;
    while (isSpace(bytes[at]!)) at++;
    if (bytes[at++] !== COMMA) return -1;
    while (isSpace(bytes[at]!)) at++;
    return bytes[at] === 0 ? -1 : at;
  }
}

function matches(bytes: Uint8Array, from: number, word: Uint8Array): boolean {
  for (let place = 0; place < word.length; place++) {
    if (bytes[from + place] !== word[place]) return false;
  }
  return true;
}
