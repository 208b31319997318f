import { types } from 'node:util';

const MAX_JSON_CHARS = 16_384;
const MAX_DEPTH = 32;

/** PostgreSQL refuses NUL in text; what others send may hold it. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** At most `maxChars`, with a mark where something was cut. */
export function shortened(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

/** JSON text of foreign headers: whatever their types, and bounded; bytes are base64. */
export function jsonOf(headers: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(plain(headers, 0));
  return text.length <= MAX_JSON_CHARS ? text : JSON.stringify({ 'x-headers-too-long': text.length });
}

/** A copy of own members alone: a table with a key `__proto__` is decoded to an object that takes itself for its value. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[left out]';
  if (types.isUint8Array(value)) return Buffer.from(value).toString('base64');
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, depth + 1)]));
}
