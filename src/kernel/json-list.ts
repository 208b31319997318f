import type { Clock } from './clock.js';
import { AppError } from './errors.js';
import { giveTurns } from './slices.js';

/** A JSON object of which one member is a list that may be long. */
export interface SplitJson {
  /** The object, with an empty list in its place. */
  rest: unknown;
  /** The list's elements in order; undefined where the object has no such list. */
  elements: unknown[] | undefined;
}

export interface SplitLimits {
  /** More elements are refused: `too-large`. */
  mostElements: number;
  /** Bytes of one element, and of all that is not in the list; each is parsed in one go. */
  mostBytes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** Walked before the time is looked at; a millisecond even where nothing is compiled yet. */
const SLICE = 8_192;
/** Elements that are parsed before the time is looked at. */
const LOOK_EVERY = 8;

/**
 * Parses a large JSON text (UTF-8, checked before) without holding the event loop: the list under `key` of the outermost
 * object is cut at its commas, and its elements are parsed one by one. Throws `unreadable` for what is no JSON.
 */
export async function splitJsonList(
  clock: Clock,
  bytes: Buffer,
  key: string,
  limits: SplitLimits,
): Promise<SplitJson> {
  const cutter = new ListCutter(bytes, key, limits.mostElements);
  await giveTurns(clock, () => cutter.walk(SLICE), 1);
  const { list } = cutter;
  const outside = list ? Buffer.concat([bytes.subarray(0, list.start), bytes.subarray(list.end)]) : bytes;
  const rest = parsePart(outside, 0, outside.length, limits, 'The body');
  if (!list) return { rest, elements: undefined };
  const elements: unknown[] = [];
  await giveTurns(
    clock,
    () => {
      const next = list.elements[elements.length];
      if (!next) return false;
      elements.push(parsePart(bytes, next[0], next[1], limits, `Element ${elements.length} of ${key}`));
      return true;
    },
    LOOK_EVERY,
  );
  return { rest, elements };
}

interface CutList {
  start: number;
  end: number;
  elements: (readonly [start: number, end: number])[];
}

/** Walks over brackets, commas and strings alone: what stands between them is for the parser to judge. */
class ListCutter {
  list: CutList | undefined;
  #at = 0;
  #depth = 0;
  #isInList = false;
  #elementStart = 0;
  /** The last string directly in the outermost object, and the key that it turned out to be. */
  #lastString: readonly [number, number] | undefined;
  #key: string | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly wanted: string,
    private readonly mostElements: number,
  ) {}

  /** False when the end is reached. */
  walk(most: number): boolean {
    const end = Math.min(this.bytes.length, this.#at + most);
    while (this.#at < end) this.#step(this.bytes[this.#at]!);
    return this.#at < this.bytes.length;
  }

  #step(byte: number): void {
    if (byte === QUOTE) return this.#string();
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#open(byte);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#close();
    else if (byte === COMMA) this.#comma();
    else if (byte === COLON && this.#depth === 1) this.#key = this.#readKey();
    this.#at++;
  }

  #string(): void {
    const start = this.#at;
    let end = start;
    do {
      end = this.bytes.indexOf(QUOTE, end + 1);
      if (end < 0) end = this.bytes.length;
    } while (end < this.bytes.length && this.#isEscaped(end, start));
    this.#at = end + 1;
    if (this.#depth === 1) this.#lastString = [start, this.#at];
  }

  #isEscaped(at: number, start: number): boolean {
    let first = at;
    while (first - 1 > start && this.bytes[first - 1] === BACKSLASH) first--;
    return (at - first) % 2 === 1;
  }

  #readKey(): string | undefined {
    const [start, end] = this.#lastString ?? [0, 0];
    try {
      return JSON.parse(this.bytes.toString('utf8', start, Math.min(end, start + 256))) as string;
    } catch {
      return undefined; // too long to be the one; or no JSON, which the parser will say
    }
  }

  #open(byte: number): void {
    this.#depth++;
    if (this.#depth !== 2 || byte !== OPEN_ARRAY || this.#key !== this.wanted) return;
    if (this.list) throw unreadable(`The body is no JSON that is understood: ${this.wanted} stands twice`);
    this.list = { start: this.#at + 1, end: this.bytes.length, elements: [] };
    this.#isInList = true;
    this.#elementStart = this.#at + 1;
  }

  #close(): void {
    if (this.#isInList && this.#depth === 2) {
      const { elements } = this.list!;
      const isEmpty = elements.length === 0 && isBlank(this.bytes, this.#elementStart, this.#at);
      if (!isEmpty) this.#element();
      this.list!.end = this.#at;
      this.#isInList = false;
    }
    this.#depth--;
  }

  #comma(): void {
    if (this.#isInList && this.#depth === 2) this.#element();
    else if (this.#depth === 1) this.#key = undefined;
  }

  #element(): void {
    const { elements } = this.list!;
    if (elements.length >= this.mostElements) {
      throw new AppError(`${this.wanted} has more than ${this.mostElements} elements`, {
        code: 'request.too-large',
        kind: 'too-large',
      });
    }
    elements.push([this.#elementStart, this.#at]);
    this.#elementStart = this.#at + 1;
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  return bytes.toString('latin1', start, Math.min(end, start + 1_024)).trim() === '' && end - start <= 1_024;
}

function parsePart(bytes: Buffer, start: number, end: number, limits: SplitLimits, what: string): unknown {
  if (end - start > limits.mostBytes) {
    throw new AppError(`${what} is larger than ${limits.mostBytes} bytes`, {
      code: 'request.too-large',
      kind: 'too-large',
    });
  }
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    throw unreadable(`${what} is no JSON`);
  }
}

function unreadable(message: string): AppError {
  return new AppError(message, { code: 'request.unreadable', kind: 'unreadable' });
}
