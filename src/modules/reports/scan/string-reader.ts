import { Damage } from './damage.js';
import { BACKSLASH, QUOTE } from './json-bytes.js';
import { KeyMatcher } from './key-matcher.js';

const HEX_DIGITS = 4;

const Within = { Plain: 0, Escape: 1, Hex: 2, Tail: 3 } as const;
type Within = (typeof Within)[keyof typeof Within];

/** What each letter after a backslash stands for; 0 where it may not stand there. */
const ESCAPES = new Uint8Array(256);
for (const [letter, unit] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  ESCAPES[letter.charCodeAt(0)] = unit.charCodeAt(0);
}

/** Reads one JSON string from behind its first quote: escapes, and the UTF-8 of RFC 3629 (no surrogates, nothing overlong). */
export class StringReader {
  readonly key = new KeyMatcher();
  #isKey = false;
  #within: Within = Within.Plain;
  #left = 0;
  #unit = 0;
  /** Bounds of the next byte of a character; narrower behind some first bytes. */
  #least = 0;
  #most = 0;
  /** Set when the closing quote has been read. */
  closed = false;

  start(isKey: boolean): void {
    this.#isKey = isKey;
    this.#within = Within.Plain;
    this.closed = false;
    if (isKey) this.key.start();
  }

  /** Reads on until the string is closed or `end`; returns the index behind what it read. */
  read(bytes: Uint8Array, from: number, end: number, base: number): number {
    let at = from;
    while (at < end && !this.closed) {
      if (this.#within === Within.Plain) at = this.#plain(bytes, at, end, base);
      else this.#special(bytes[at]!, base + at++);
    }
    return at;
  }

  #plain(bytes: Uint8Array, from: number, end: number, base: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.closed = true;
        return at + 1;
      }
      if (byte === BACKSLASH) {
        this.#within = Within.Escape;
        return at + 1;
      }
      if (byte < 0x20) throw new Damage(base + at, 'a control character stands in a string');
      if (byte >= 0x80) {
        this.#startCharacter(byte, base + at);
        return at + 1;
      }
      if (this.#isKey) this.key.unit(byte);
    }
    return end;
  }

  #special(byte: number, offset: number): void {
    if (this.#within === Within.Escape) this.#escape(byte, offset);
    else if (this.#within === Within.Hex) this.#hex(byte, offset);
    else this.#tail(byte, offset);
  }

  #escape(byte: number, offset: number): void {
    if (byte === 0x75) {
      this.#within = Within.Hex;
      this.#left = HEX_DIGITS;
      this.#unit = 0;
      return;
    }
    const unit = ESCAPES[byte]!;
    if (unit === 0) throw new Damage(offset, 'a backslash is followed by no known escape');
    this.#finishUnit(unit);
  }

  #hex(byte: number, offset: number): void {
    const digit = hexDigit(byte);
    if (digit < 0) throw new Damage(offset, 'expected four hexadecimal digits after \\u');
    this.#unit = this.#unit * 16 + digit;
    if (--this.#left === 0) this.#finishUnit(this.#unit);
  }

  #finishUnit(unit: number): void {
    if (this.#isKey) this.key.unit(unit);
    this.#within = Within.Plain;
  }

  #startCharacter(byte: number, offset: number): void {
    if (byte < 0xc2 || byte > 0xf4) throw notUtf8(offset);
    if (this.#isKey) this.key.unit(byte);
    this.#within = Within.Tail;
    this.#left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#least = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#most = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
  }

  #tail(byte: number, offset: number): void {
    if (byte < this.#least || byte > this.#most) throw notUtf8(offset);
    this.#least = 0x80;
    this.#most = 0xbf;
    if (--this.#left === 0) this.#within = Within.Plain;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function notUtf8(offset: number): Damage {
  return new Damage(offset, 'the text is not UTF-8');
}
