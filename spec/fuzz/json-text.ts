/** JSON that no value of JavaScript can stand for: a number beyond 2^53, a key that comes twice, ten thousand levels. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** An object by its members, so that a key can come twice and `__proto__` is a key like others. */
export class Members {
  constructor(readonly entries: readonly (readonly [key: string, value: unknown])[]) {}
}

/** JSON text; lone surrogates stay escapes, as JSON.stringify writes them. */
export function jsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (value instanceof Members) return objectText(value.entries);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectText(Object.entries(value));
  return JSON.stringify(value) ?? 'null';
}

function objectText(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
}
