import { types } from 'node:util';

const MAX_JSON_CHARS = 16_384;

/** PostgreSQL refuses NUL in text; what others send may hold it. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** At most `maxChars`, with a mark where something was cut. */
export function shortened(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

/** JSON text of foreign headers: whatever their types, and bounded. */
export function jsonOf(headers: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(plain(headers));
  return text.length <= MAX_JSON_CHARS ? text : JSON.stringify({ 'x-headers-too-long': text.length });
}

/** By what a value is, not by its prototype: a header named `__proto__` makes its table one of anything. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || types.isDate(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
