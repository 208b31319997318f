const FIRST_BYTES = 4096;
/** A number below 2^56 takes at most 8 bytes of 7 bits. */
const LONGEST = 8;

/** Whole numbers from 0 to 2^53, seven bits a byte, small ones short. */
export class PackedWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(value: number): void {
    if (this.#length + LONGEST > this.#bytes.length) this.#grow();
    let rest = value;
    while (rest >= 128) {
      const left = Math.floor(rest / 128);
      this.#bytes[this.#length++] = 128 + (rest - left * 128);
      rest = left;
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next number. Throws behind the last one. */
  take(): number {
    let value = 0;
    for (let weight = 1; this.#at < this.#bytes.length; weight *= 128) {
      const byte = this.#bytes[this.#at++]!;
      if (byte < 128) return value + byte * weight;
      value += (byte - 128) * weight;
    }
    throw new Error('the packed numbers end too soon');
  }
}
