import { FIELD_NAMES } from './record-rules.js';

export const NO_FIELD = -1;
const UNITS = 128;
const LONGEST = Math.max(...FIELD_NAMES.map((name) => name.length));

/** Bit per field whose name has this unit at this place. */
const BY_PLACE = new Uint8Array(LONGEST * UNITS);
/** Bit per field whose name is this long. */
const BY_LENGTH = new Uint8Array(LONGEST + 1);
FIELD_NAMES.forEach((name, field) => {
  BY_LENGTH[name.length]! |= 1 << field;
  for (let place = 0; place < name.length; place++) {
    BY_PLACE[place * UNITS + name.charCodeAt(place)]! |= 1 << field;
  }
});

/** Recognises the keys that count, unit by unit after escapes are undone, without keeping the key. */
export class KeyMatcher {
  #candidates = 0;
  #length = 0;

  start(): void {
    this.#candidates = 0xff;
    this.#length = 0;
  }

  /** The next UTF-16 unit of the key; any that is not ASCII ends the matching. */
  unit(code: number): void {
    if (this.#candidates === 0) return;
    const place = this.#length++;
    this.#candidates &= place < LONGEST && code < UNITS ? BY_PLACE[place * UNITS + code]! : 0;
  }

  /** The field that the finished key names, or `NO_FIELD`. */
  field(): number {
    if (this.#candidates === 0) return NO_FIELD;
    const match = this.#candidates & BY_LENGTH[this.#length]!;
    return match === 0 ? NO_FIELD : 31 - Math.clz32(match);
  }
}
