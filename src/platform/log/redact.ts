const SECRET = /^(.*[_-])?(pass(word|wd)?|secret|token|authorization|cookie|api[_-]?key|secret[_-]?hash)$/i;
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const HIDDEN = '[hidden]';

/** A copy fit for the log: secrets hidden by the names of their keys, errors spelled out, depth and length bounded. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) return errorFields(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redacted(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value).slice(0, MAX_ITEMS)) {
    copy[key] = SECRET.test(key.replace(/([a-z])([A-Z])/g, '$1_$2')) ? HIDDEN : redacted(member, depth + 1);
  }
  return copy;
}

/** Not an error's other properties: libraries hang whole requests there, with their headers. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: redacted(error.cause, depth + 1) }),
  };
}
