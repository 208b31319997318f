import { Damage } from './damage.js';

const LITERALS: ReadonlyMap<number, Uint8Array> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** Reads `true`, `false` or `null`, byte by byte. */
export class LiteralReader {
  #word: Uint8Array = new Uint8Array(0);
  #matched = 0;

  /** The first byte, which says what must follow. */
  start(byte: number, offset: number): void {
    const word = LITERALS.get(byte);
    if (!word) throw new Damage(offset, 'expected a value');
    this.#word = word;
    this.#matched = 1;
  }

  /** Whether this byte was the last. */
  next(byte: number, offset: number): boolean {
    if (byte !== this.#word[this.#matched]) throw new Damage(offset, 'expected true, false or null');
    return ++this.#matched === this.#word.length;
  }
}
