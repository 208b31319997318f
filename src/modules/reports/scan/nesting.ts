/** 134,217,728 levels, at one bit each; more is refused. */
export const DEEPEST = 2 ** 27;

/** Which containers are open inside a record: one bit each, so that depth costs memory and never stack. */
export class Nesting {
  #bits = new Uint8Array(16);
  depth = 0;

  clear(): void {
    this.depth = 0;
  }

  /** False when it is too deep. */
  open(isObject: boolean): boolean {
    if (this.depth === DEEPEST) return false;
    const index = this.depth >>> 3;
    if (index === this.#bits.length) this.#grow();
    const bit = 1 << (this.depth & 7);
    if (isObject) this.#bits[index]! |= bit;
    else this.#bits[index]! &= ~bit;
    this.depth++;
    return true;
  }

  close(): void {
    this.depth--;
  }

  get inObject(): boolean {
    const last = this.depth - 1;
    return (this.#bits[last >>> 3]! & (1 << (last & 7))) !== 0;
  }

  #grow(): void {
    const bits = new Uint8Array(this.#bits.length * 2);
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
