import { Damage } from './damage.js';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LINE_FEED,
  MINUS,
  NINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipBlanks,
  skipSpace,
  ZERO,
} from './json-bytes.js';
import { NO_FIELD } from './key-matcher.js';
import { LiteralReader } from './literal-reader.js';
import { DEEPEST, Nesting } from './nesting.js';
import { NumberReader } from './number-reader.js';
import type { RecordReader } from './record-reader.js';
import { StringReader } from './string-reader.js';

const State = {
  FirstKey: 0,
  NextKey: 1,
  Key: 2,
  Colon: 3,
  FirstItem: 4,
  Value: 5,
  Text: 6,
  Number: 7,
  Literal: 8,
  AfterValue: 9,
  Done: 10,
} as const;
type State = (typeof State)[keyof typeof State];

/** Reads one element of the data, whatever JSON value it is, and tells `records` the fields of a record. */
export class ElementReader {
  readonly #records: RecordReader;
  readonly #nesting = new Nesting();
  readonly #text = new StringReader();
  readonly #number = new NumberReader();
  readonly #literal = new LiteralReader();
  #state: State = State.Done;
  /** The field that the value being read belongs to. */
  #field = NO_FIELD;

  #skip = skipSpace;

  constructor(records: RecordReader) {
    this.#records = records;
  }

  /** From here on an element that goes over the end of a line is damage. */
  keepToLines(): void {
    this.#skip = skipBlanks;
  }

  get done(): boolean {
    return this.#state === State.Done;
  }

  /** The element's first byte, not yet consumed, is `byte`. */
  start(byte: number, offset: number): void {
    this.#records.start(offset, byte === OPEN_OBJECT);
    this.#field = NO_FIELD;
    this.#state = State.Value;
  }

  /** Reads on until the element is done or `end`; returns the index behind what it read. */
  read(bytes: Uint8Array, from: number, end: number, base: number): number {
    let at = from;
    while (at < end && this.#state !== State.Done) at = this.#step(bytes, at, end, base);
    return at;
  }

  #step(bytes: Uint8Array, from: number, end: number, base: number): number {
    switch (this.#state) {
      case State.Key:
      case State.Text:
        return this.#readText(bytes, from, end, base);
      case State.Number:
        return this.#readNumber(bytes, from, end, base);
      case State.Literal:
        if (this.#literal.next(bytes[from]!, base + from)) this.#endValue();
        return from + 1;
      default:
        return this.#readStructure(bytes, from, end, base);
    }
  }

  #readText(bytes: Uint8Array, from: number, end: number, base: number): number {
    const at = this.#text.read(bytes, from, end, base);
    if (!this.#text.closed) return at;
    if (this.#state === State.Text) {
      this.#endValue();
    } else {
      this.#field = this.#nesting.depth === 1 ? this.#text.key.field() : NO_FIELD;
      this.#state = State.Colon;
    }
    return at;
  }

  #readNumber(bytes: Uint8Array, from: number, end: number, base: number): number {
    const at = this.#number.read(bytes, from, end, base);
    if (!this.#number.ended) return at;
    if (this.#field !== NO_FIELD) this.#records.field(this.#field, this.#number.value());
    this.#endValue();
    return at;
  }

  /** What stands between texts, numbers and literals; white space may come before it. */
  #readStructure(bytes: Uint8Array, from: number, end: number, base: number): number {
    const at = this.#skip(bytes, from, end);
    if (at === end) return end;
    const byte = bytes[at]!;
    if (byte === LINE_FEED) throw new Damage(base + at, 'the line ends before its record does');
    if (this.#state === State.Value || (this.#state === State.FirstItem && byte !== CLOSE_ARRAY)) {
      return this.#startValue(byte, at, base);
    }
    this.#punctuation(byte, base + at);
    return at + 1;
  }

  #punctuation(byte: number, offset: number): void {
    switch (this.#state) {
      case State.FirstKey:
        return byte === CLOSE_OBJECT ? this.#close() : this.#startKey(byte, offset);
      case State.NextKey:
        return this.#startKey(byte, offset);
      case State.Colon:
        if (byte !== COLON) throw new Damage(offset, 'expected ":" after a key');
        this.#state = State.Value;
        return;
      case State.FirstItem:
        return this.#close();
      default:
        return this.#afterValue(byte, offset);
    }
  }

  #startKey(byte: number, offset: number): void {
    if (byte !== QUOTE) throw new Damage(offset, 'expected a key in quotes');
    this.#text.start(this.#nesting.depth === 1);
    this.#state = State.Key;
  }

  /** Returns the index from which the value is read on. */
  #startValue(byte: number, at: number, base: number): number {
    if ((byte >= ZERO && byte <= NINE) || byte === MINUS) {
      this.#number.start();
      this.#state = State.Number;
      return at;
    }
    if (this.#field !== NO_FIELD) this.#records.field(this.#field, NaN);
    if (byte === QUOTE) {
      this.#text.start(false);
      this.#state = State.Text;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#open(byte === OPEN_OBJECT, base + at);
    } else {
      this.#literal.start(byte, base + at);
      this.#state = State.Literal;
    }
    return at + 1;
  }

  #open(isObject: boolean, offset: number): void {
    if (!this.#nesting.open(isObject)) throw new Damage(offset, `nested deeper than ${DEEPEST} levels`);
    this.#field = NO_FIELD;
    this.#state = isObject ? State.FirstKey : State.FirstItem;
  }

  #close(): void {
    this.#nesting.close();
    this.#endValue();
  }

  #endValue(): void {
    this.#field = NO_FIELD;
    this.#state = this.#nesting.depth === 0 ? State.Done : State.AfterValue;
    if (this.#state === State.Done) this.#records.end();
  }

  #afterValue(byte: number, offset: number): void {
    const inObject = this.#nesting.inObject;
    if (byte === COMMA) this.#state = inObject ? State.NextKey : State.Value;
    else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) this.#close();
    else throw new Damage(offset, `expected "," or "${inObject ? '}' : ']'}" after a value`);
  }
}
