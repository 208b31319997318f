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
  const text = JSON.stringify(headers, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.length <= MAX_JSON_CHARS ? text : JSON.stringify({ 'x-headers-too-long': text.length });
}
