/** Longer texts are cut: one log line stays readable and bounded. */
const LONGEST_TEXT = 8_192;

/**
 * `user:password@` of any URL, also where the password holds characters that a URL would not (up to 256 of them, or a
 * text made for it would take long); a port is none.
 */
const USER_INFO = /:\/\/(?:[^\s/?#"'<>]*@|[^\s/?#@:"'<>]*:(?!\d{1,5}(?:[/?#\s]|$))[^\s@"'<>]{0,256}@)/g;
const SECRET_PARAMETER =
  /([?&;][\w.-]*(?:password|passwd|secret|token|api[-_]?key|signature)[\w.-]*=)[^&\s"'<>]*/gi;
const BEARER = /\b(bearer|basic)\s+[\w~+/.=-]{8,}/gi;
/** What a cut leaves of a URL at the end of a text: its `@` may have been behind the cut. */
const CUT_URL = /:\/\/[^\s/]*$/;

/** Every credential that is looked for stands behind one of these; most texts hold none of them. */
const MAY_HOLD_CREDENTIALS = /:\/\/|=|\s/;

/** Whether `cleanText` would leave it as it is, told in no time. */
export function isCleanText(text: string): boolean {
  return text.length <= LONGEST_TEXT && !MAY_HOLD_CREDENTIALS.test(text);
}

/** A text for the log: bounded, and without credentials of URLs, secret query parameters and bearer tokens. */
export function cleanText(text: string): string {
  if (isCleanText(text)) return text;
  const kept = text.length <= LONGEST_TEXT ? text : cut(text);
  return withoutCredentials(kept);
}

/** Credentials of URLs, secret query parameters and bearer tokens are left out; whatever the length. */
export function withoutCredentials(text: string): string {
  return text
    .replace(USER_INFO, '://')
    .replace(SECRET_PARAMETER, '$1[redacted]')
    .replace(BEARER, '$1 [redacted]');
}

function cut(text: string): string {
  const start = text.slice(0, LONGEST_TEXT).replace(CUT_URL, '://');
  return `${start}… (${text.length} characters)`;
}
