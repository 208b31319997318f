import { cleanText, isCleanText } from './clean-text.js';
import { isSecret } from './secret-keys.js';

const DEEPEST = 8;
const MOST_ITEMS = 100;
/** Values in one line; what comes after them is left out. */
const MOST_VALUES = 1_000;
/** Characters of all texts in one line, within one text's length. */
const MOST_TEXT = 32_768;

/** Members of a line that is looked at as a whole. */
const MOST_CLEAN = 16;

const REDACTED = '[redacted]';
const LEFT_OUT = '[left out]';

/** Fields for the log: a copy that is bounded in depth and size, free of cycles and of secrets. Never throws. */
export function cleanFields(fields: object): Record<string, unknown> {
  const walk = new Walk();
  try {
    if (isClean(fields)) return fields as Record<string, unknown>;
    return fields instanceof Error ? { err: walk.error(fields, 0) } : walk.members(fields, 0);
  } catch {
    return { fields: '[unreadable]' };
  }
}

/** Most lines are a few short texts and numbers with nothing to hide: those need no copy. */
function isClean(fields: object): boolean {
  let left = MOST_CLEAN;
  for (const key in fields) {
    const value = (fields as Record<string, unknown>)[key];
    const isPlain = typeof value === 'string' ? isCleanText(value) : typeof value === 'number';
    if (!isPlain || --left < 0 || isSecret(key, value)) return false;
  }
  return !(fields instanceof Error);
}

class Walk {
  #left = MOST_VALUES;
  #textLeft = MOST_TEXT;

  value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
    if (depth >= DEEPEST) return LEFT_OUT;
    return this.#object(value, depth);
  }

  #text(text: string): string {
    if (this.#textLeft <= 0) return LEFT_OUT;
    const clean = cleanText(text);
    this.#textLeft -= clean.length;
    return clean;
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Error) return this.error(value, depth);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return this.#items(value, depth);
    if (value instanceof Map)
      return this.members(Object.fromEntries(value as Map<PropertyKey, unknown>), depth);
    if (value instanceof Set) return this.#items([...(value as Set<unknown>)], depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof URL) return this.#text(value.href);
    return this.members(value, depth);
  }

  /** Stack, cause and what the error carries in plain values; its objects may be somebody's input. */
  error(error: Error, depth: number): Record<string, unknown> {
    const plain = Object.entries(error).filter(([, value]) => typeof value !== 'object');
    return {
      type: error.name,
      message: this.#text(error.message),
      stack: this.#text(error.stack ?? ''),
      ...this.members(Object.fromEntries(plain), depth),
      ...(error.cause === undefined ? {} : { cause: this.value(error.cause, depth + 1) }),
      ...(error instanceof AggregateError ? { errors: this.value(error.errors, depth + 1) } : {}),
    };
  }

  members(object: object, depth: number): Record<string, unknown> {
    const clean: Record<string, unknown> = {};
    for (const key of Object.keys(object).slice(0, MOST_ITEMS)) {
      if (--this.#left < 0) break;
      const member = (object as Record<string, unknown>)[key];
      clean[key] = isSecret(key, member) ? REDACTED : this.value(member, depth + 1);
    }
    return clean;
  }

  #items(items: readonly unknown[], depth: number): unknown[] {
    const shown = items.slice(0, MOST_ITEMS).filter(() => --this.#left >= 0);
    const clean = shown.map((item) => this.value(item, depth + 1));
    return shown.length < items.length ? [...clean, `${LEFT_OUT}: ${items.length - shown.length}`] : clean;
  }
}
