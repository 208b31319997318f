/** Digits beyond these cannot change a double, except by being other than 0. */
const KEPT_DIGITS = 800;
const EXACT_DIGITS = 15;
const LARGEST_EXPONENT = 1e15;

/**
 * Turns the digits of one JSON number into the double that JSON.parse gives, in bounded memory however long the
 * number is. The grammar is the caller's.
 */
export class DecimalReader {
  readonly #digits = new Uint8Array(KEPT_DIGITS + 1);
  #count = 0;
  /** The value of the first digits, exact up to 15 of them. */
  #small = 0;
  #dropped = 0;
  #afterPoint = 0;
  #exponent = 0;
  #negative = false;
  #exponentNegative = false;
  #sticky = false;

  start(): void {
    this.#count = this.#small = this.#dropped = this.#afterPoint = this.#exponent = 0;
    this.#negative = this.#exponentNegative = this.#sticky = false;
  }

  negate(): void {
    this.#negative = true;
  }

  /** A digit before the point. */
  digit(value: number): void {
    if (this.#count === 0 && value === 0) return;
    if (this.#count < KEPT_DIGITS) {
      this.#digits[this.#count++] = 48 + value;
      if (this.#count <= EXACT_DIGITS) this.#small = this.#small * 10 + value;
    } else {
      this.#dropped++;
      if (value !== 0) this.#sticky = true;
    }
  }

  fractionDigit(value: number): void {
    this.#afterPoint++;
    this.digit(value);
  }

  exponentSign(negative: boolean): void {
    this.#exponentNegative = negative;
  }

  exponentDigit(value: number): void {
    this.#exponent = Math.min(this.#exponent * 10 + value, LARGEST_EXPONENT);
  }

  /** Infinity where the number is too large for a double; never −0. */
  value(): number {
    const magnitude = this.#magnitude();
    return this.#negative && magnitude !== 0 ? -magnitude : magnitude;
  }

  #magnitude(): number {
    const exponent = this.#exponentNegative ? -this.#exponent : this.#exponent;
    const scale = exponent - this.#afterPoint + this.#dropped;
    if (this.#count === 0) return 0;
    if (scale === 0 && this.#count <= EXACT_DIGITS) return this.#small;
    return Number(`${this.#text()}e${this.#sticky ? scale - 1 : scale}`);
  }

  /** One digit more stands for all those left out, so that rounding sees that there were some. */
  #text(): string {
    if (this.#sticky) this.#digits[this.#count] = 49;
    const end = this.#sticky ? this.#count + 1 : this.#count;
    return String.fromCharCode(...this.#digits.subarray(0, end));
  }
}
