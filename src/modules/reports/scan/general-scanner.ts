import { Damage } from './damage.js';
import type { DataFormat } from './data-format.js';
import { BYTE_ORDER_MARK, formatOf } from './data-format.js';
import { ElementReader } from './element-reader.js';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  LINE_FEED,
  OPEN_ARRAY,
  skipBlanks,
  skipSpace,
} from './json-bytes.js';
import { RecordReader } from './record-reader.js';
import type { Sums } from './sums.js';

const State = {
  ByteOrderMark: 0,
  Opening: 1,
  FirstElement: 2,
  NextElement: 3,
  AtElement: 4,
  InElement: 5,
  AfterElement: 6,
  Closed: 7,
  Stopped: 8,
} as const;
type State = (typeof State)[keyof typeof State];

export interface GeneralScannerOptions {
  /** What the first byte given is: the first of the data, the first of an element, or the first behind one. */
  at: 'file' | 'element' | 'behind-element';
  /** Needed where the scan does not begin at the first byte of the data, which tells it. */
  format?: DataFormat;
  /** Elements that begin at this byte of the file or later are left to another. */
  limit: number;
  /** Null checks the records without counting them. */
  sums: Sums | null;
  /** Count records that break the rules instead of rejecting them. */
  skipInvalid: boolean;
}

const UNFINISHED = {
  array: 'the data ends before its array does',
  lines: 'the data ends before its last record does',
};

const STARTS = { file: State.ByteOrderMark, element: State.AtElement, 'behind-element': State.AfterElement };

/**
 * Reads `[ {…}, … ]`, or `{…}` a line, by RFC 8259 and UTF-8, every byte checked, in pieces cut anywhere. Iterative:
 * nesting costs a bit a level, up to 134,217,728 levels. It is the reference for every faster path. Throws `Damage`.
 */
export class GeneralScanner {
  readonly #records: RecordReader;
  readonly #element: ElementReader;
  readonly #limit: number;
  #state: State;
  #marked = 0;
  #next = 0;
  #elementEnd = -1;
  #format: DataFormat = 'array';

  constructor(options: GeneralScannerOptions) {
    this.#records = new RecordReader(options.sums, options.skipInvalid);
    this.#element = new ElementReader(this.#records);
    this.#limit = options.limit;
    this.#state = STARTS[options.at];
    if (options.format === 'lines') this.#toLines();
  }

  /** Known once the first element was reached. */
  get format(): DataFormat {
    return this.#format;
  }

  /**
   * Where the object ended that was the last element read; −1 where it was none: more digits could follow a number.
   * Elements of a faster path are not seen.
   */
  get elementEnd(): number {
    return this.#elementEnd;
  }

  /** Records that broke the rules and were only counted. */
  get skipped(): number {
    return this.#records.skipped;
  }

  /** Whether the next byte is the first of an element. */
  get atElement(): boolean {
    return this.#state === State.AtElement;
  }

  /** Whether the data have ended: no element follows. More may be read of an array, and must be white space. */
  get closed(): boolean {
    return this.#state === State.Closed;
  }

  /** Whether an element at the limit or behind it was reached. */
  get stopped(): boolean {
    return this.#state === State.Stopped;
  }

  /** Where the element begins that was left to another. */
  get next(): number {
    return this.#next;
  }

  /** A faster path has read the elements before `offset`, where another begins. */
  skipTo(offset: number): void {
    this.#reach(offset);
  }

  /**
   * Reads up to the start of the next element, the stop or `end`; returns the index behind what it read.
   * `base` is the place in the file of index 0.
   */
  read(bytes: Uint8Array, from: number, end: number, base: number): number {
    let at = from;
    if (this.#state === State.AtElement && at < end) {
      this.#element.start(bytes[at]!, base + at);
      this.#state = State.InElement;
    }
    while (at < end && this.#state !== State.AtElement && this.#state !== State.Stopped) {
      at = this.#step(bytes, at, end, base);
    }
    return at;
  }

  /** The data ends at `offset`. */
  finish(offset: number): void {
    if (this.closed || this.stopped) return;
    if (this.#format === 'lines' && this.#state === State.InElement) this.#endLine(offset);
    const betweenLines = this.#state === State.AfterElement || this.#state === State.NextElement;
    const ended = this.#format === 'lines' && betweenLines;
    if (!ended) throw new Damage(offset, UNFINISHED[this.#format], true);
    this.#state = State.Closed;
  }

  /** The end of the data ends a line: a number there is whole, anything else that is open stays so. */
  #endLine(offset: number): void {
    try {
      this.read(Uint8Array.of(LINE_FEED), 0, 1, offset);
    } catch (error) {
      if (!(error instanceof Damage) || error.offset !== offset) throw error;
    }
  }

  #step(bytes: Uint8Array, from: number, end: number, base: number): number {
    if (this.#state === State.InElement) {
      const at = this.#element.read(bytes, from, end, base);
      if (this.#element.done) {
        this.#state = State.AfterElement;
        this.#elementEnd = bytes[at - 1] === CLOSE_OBJECT ? base + at : -1;
      }
      return at;
    }
    if (this.#state === State.ByteOrderMark) return this.#mark(bytes[from]!, from, base);
    const skip = this.#state === State.AfterElement && this.#format === 'lines' ? skipBlanks : skipSpace;
    const at = skip(bytes, from, end);
    return at === end ? end : this.#structure(bytes[at]!, at, base);
  }

  /** A byte order mark is allowed before anything else, whole or not at all. */
  #mark(byte: number, at: number, base: number): number {
    if (byte === BYTE_ORDER_MARK[this.#marked]) {
      if (++this.#marked === BYTE_ORDER_MARK.length) this.#state = State.Opening;
      return at + 1;
    }
    if (this.#marked > 0) throw new Damage(base + at, 'the text is not UTF-8');
    this.#state = State.Opening;
    return at;
  }

  #structure(byte: number, at: number, base: number): number {
    switch (this.#state) {
      case State.Opening:
        return this.#open(byte, at, base);
      case State.AfterElement:
        this.#afterElement(byte, base + at);
        return at + 1;
      case State.FirstElement:
        if (byte !== CLOSE_ARRAY) return this.#reach(base + at, at);
        this.#state = State.Closed;
        return at + 1;
      case State.NextElement:
        return this.#reach(base + at, at);
      default:
        throw new Damage(base + at, 'something follows the end of the array');
    }
  }

  #open(byte: number, at: number, base: number): number {
    if (formatOf(byte) === 'lines') {
      this.#toLines();
      return this.#reach(base + at, at);
    }
    this.#expect(byte === OPEN_ARRAY, base + at, 'expected "[" of an array or "{" of a record a line');
    this.#state = State.FirstElement;
    return at + 1;
  }

  #toLines(): void {
    this.#format = 'lines';
    this.#element.keepToLines();
  }

  #afterElement(byte: number, offset: number): void {
    if (this.#format === 'lines') {
      this.#expect(byte === LINE_FEED, offset, 'expected the end of the line after a record');
      this.#state = State.NextElement;
    } else {
      this.#expect(byte === COMMA || byte === CLOSE_ARRAY, offset, 'expected "," or "]" after a record');
      this.#state = byte === COMMA ? State.NextElement : State.Closed;
    }
  }

  #reach(offset: number, at = 0): number {
    this.#next = offset;
    this.#state = offset >= this.#limit ? State.Stopped : State.AtElement;
    return at;
  }

  #expect(condition: boolean, offset: number, reason: string): void {
    if (!condition) throw new Damage(offset, reason);
  }
}
