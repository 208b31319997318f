import { Damage } from './damage.js';
import { DecimalReader } from './decimal-reader.js';
import { MINUS, NINE, PLUS, POINT, ZERO } from './json-bytes.js';

const LOWER_E = 0x65;

const Within = {
  Start: 0,
  Sign: 1,
  Zero: 2,
  Whole: 3,
  Point: 4,
  Fraction: 5,
  Exponent: 6,
  ExponentSign: 7,
  ExponentDigits: 8,
} as const;
type Within = (typeof Within)[keyof typeof Within];

/** Reads one JSON number from its first byte on. It ends before the first byte that cannot belong to it. */
export class NumberReader {
  readonly #decimal = new DecimalReader();
  #within: Within = Within.Start;
  /** Set when the byte behind the number has been seen. */
  ended = false;

  start(): void {
    this.#decimal.start();
    this.#within = Within.Start;
    this.ended = false;
  }

  /** The double that JSON.parse gives; 0 for −0. */
  value(): number {
    return this.#decimal.value();
  }

  /** Reads on until the number ends or `end`; returns the index behind what it read. */
  read(bytes: Uint8Array, from: number, end: number, base: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= NINE) this.#digit(byte - ZERO, base + at);
      else if (!this.#mark(byte, base + at)) {
        this.ended = true;
        return at;
      }
    }
    return end;
  }

  #digit(value: number, offset: number): void {
    switch (this.#within) {
      case Within.Whole:
        return this.#decimal.digit(value);
      case Within.Start:
      case Within.Sign:
        this.#within = value === 0 ? Within.Zero : Within.Whole;
        return this.#decimal.digit(value);
      case Within.Zero:
        throw new Damage(offset, 'a number begins with a needless 0');
      case Within.Point:
      case Within.Fraction:
        this.#within = Within.Fraction;
        return this.#decimal.fractionDigit(value);
      default:
        this.#within = Within.ExponentDigits;
        return this.#decimal.exponentDigit(value);
    }
  }

  /** Whether the byte, which is no digit, belongs to the number. */
  #mark(byte: number, offset: number): boolean {
    switch (this.#within) {
      case Within.Start:
        this.#decimal.negate();
        this.#within = Within.Sign;
        return true;
      case Within.Zero:
      case Within.Whole:
        return this.#point(byte) || this.#exponent(byte);
      case Within.Fraction:
        return this.#exponent(byte);
      case Within.ExponentDigits:
        return false;
      case Within.Exponent:
        if (byte === MINUS || byte === PLUS) {
          this.#decimal.exponentSign(byte === MINUS);
          this.#within = Within.ExponentSign;
          return true;
        }
        break;
      default:
        break;
    }
    throw new Damage(offset, 'expected a digit');
  }

  #point(byte: number): boolean {
    if (byte !== POINT) return false;
    this.#within = Within.Point;
    return true;
  }

  #exponent(byte: number): boolean {
    if ((byte | 0x20) !== LOWER_E) return false;
    this.#within = Within.Exponent;
    return true;
  }
}
