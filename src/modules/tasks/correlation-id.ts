/** Longest raw token that is taken. */
export const CORRELATION_ID_MAX = 256;

/** NUL, which PostgreSQL keeps in no text, is U+FFFD there. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** What a correlation id is looked up by: a string's text, a number's digits as they came. */
export function correlationKey(rawToken: string): string {
  const text = rawToken.startsWith('"') ? (JSON.parse(rawToken) as string) : rawToken;
  return storableText(text);
}
