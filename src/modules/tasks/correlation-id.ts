/** Longest raw token that is taken. */
export const CORRELATION_ID_MAX = 256;

/** What a correlation id is looked up by: a string's text, a number's digits as they came. */
export function correlationKey(rawToken: string): string {
  return rawToken.startsWith('"') ? (JSON.parse(rawToken) as string) : rawToken;
}
