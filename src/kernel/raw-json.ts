/** Where a text stops being JSON, and why. */
export interface JsonFault {
  /** In bytes. */
  offset: number;
  reason: string;
}

type OnMember = (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const LITERALS = ['true', 'false', 'null'];

/**
 * The first place where bytes are no JSON text (RFC 8259), nest deeper than `maxDepth`, or hold more than
 * `maxKeys` keys in all (parsing many takes long). Else takes and refuses what JSON.parse does, without recursion. UTF-8 is the caller's to check.
 */
export function findJsonFault(json: Buffer, maxDepth = Infinity, maxKeys = Infinity): JsonFault | undefined {
  try {
    new Scanner(json.toString('latin1'), { maxDepth, maxKeys }).run();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return { offset: error.offset, reason: error.message };
    throw error;
  }
}

/**
 * The raw token of a top-level member, untouched by number parsing; the last one where a key stands
 * more than once. Undefined where there is no such member, no object, or no valid JSON.
 */
export function readTopLevelToken(json: string, key: string): string | undefined {
  let found: string | undefined;
  const onMember: OnMember = (keyStart, keyEnd, valueStart, valueEnd) => {
    if (JSON.parse(json.slice(keyStart, keyEnd)) === key) found = json.slice(valueStart, valueEnd);
  };
  try {
    new Scanner(json, NO_LIMITS, onMember).run();
    return found;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

interface Limits {
  maxDepth: number;
  maxKeys: number;
}

const NO_LIMITS: Limits = { maxDepth: Infinity, maxKeys: Infinity };

class Fault extends Error {
  constructor(
    readonly offset: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** Walks over a text; offsets are in its characters. */
class Scanner {
  #at = 0;
  /** Open containers, innermost last: true for an object. */
  readonly #open: boolean[] = [];
  #key: readonly [number, number] = [0, 0];
  #valueStart = 0;
  #keys = 0;

  constructor(
    readonly text: string,
    readonly limits: Limits,
    readonly onMember?: OnMember,
  ) {}

  run(): void {
    let more = true;
    while (more) {
      this.#space();
      if (this.#open.length === 1 && this.#open[0]) this.#valueStart = this.#at;
      more = this.#startsContainer() ? this.#first() : this.#scalar();
      while (!more && this.#open.length > 0) more = this.#next();
    }
    this.#space();
    if (this.#at < this.text.length) this.#fail('the end was expected');
  }

  #startsContainer(): boolean {
    const code = this.text.charCodeAt(this.#at);
    return code === OPEN_OBJECT || code === OPEN_ARRAY;
  }

  /** Enters a container. True when a value follows. */
  #first(): boolean {
    const isObject = this.text.charCodeAt(this.#at) === OPEN_OBJECT;
    const { maxDepth } = this.limits;
    if (this.#open.length >= maxDepth) this.#fail(`nested deeper than ${maxDepth} levels`);
    this.#at++;
    this.#space();
    if (this.text.charCodeAt(this.#at) === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
      this.#at++;
      if (this.#open.length === 1) this.#member();
      return false;
    }
    this.#open.push(isObject);
    if (isObject) this.#memberKey();
    return true;
  }

  /** After a value inside a container. True when another value follows. */
  #next(): boolean {
    const isObject = this.#open.at(-1)!;
    this.#space();
    const code = this.text.charCodeAt(this.#at);
    if (code === COMMA) {
      this.#at++;
      this.#space();
      if (isObject) this.#memberKey();
      return true;
    }
    if (code !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY))
      this.#fail(`"," or "${isObject ? '}' : ']'}" was expected`);
    this.#at++;
    this.#open.pop();
    if (this.#open.length === 1) this.#member();
    return false;
  }

  #memberKey(): void {
    const start = this.#at;
    const { maxKeys } = this.limits;
    if (++this.#keys > maxKeys) this.#fail(`more than ${maxKeys} keys`);
    if (this.text.charCodeAt(start) !== QUOTE) this.#fail('a key in double quotes was expected');
    this.#string();
    if (this.#open.length === 1) this.#key = [start, this.#at];
    this.#space();
    if (this.text.charCodeAt(this.#at) !== COLON) this.#fail('":" was expected');
    this.#at++;
  }

  /** The end of a value directly in the outermost container. */
  #member(): void {
    if (this.#open[0]) this.onMember?.(this.#key[0], this.#key[1], this.#valueStart, this.#at);
  }

  #scalar(): false {
    if (this.text.charCodeAt(this.#at) === QUOTE) this.#string();
    else if (!this.#literal() && !this.#match(NUMBER)) this.#fail('a value was expected');
    if (this.#open.length === 1) this.#member();
    return false;
  }

  #literal(): boolean {
    const literal = LITERALS.find((word) => this.text.startsWith(word, this.#at));
    this.#at += literal?.length ?? 0;
    return literal !== undefined;
  }

  #string(): void {
    this.#at++;
    for (; ; this.#at++) {
      const code = this.text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (!(code >= 0x20)) this.#fail('a string does not end, or holds a bare control character');
      if (code !== BACKSLASH) continue;
      this.#at++;
      if (!this.#match(ESCAPE)) this.#fail('no valid escape');
      this.#at--;
    }
    this.#at++;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #space(): void {
    for (; ; this.#at++) {
      const code = this.text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #fail(reason: string): never {
    const atEnd = this.#at >= this.text.length;
    throw new Fault(Math.min(this.#at, this.text.length), atEnd ? 'it ends too early' : reason);
  }
}
