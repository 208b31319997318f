const FORM = /^\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Epoch ms of a time as RFC 3339 writes it, digits beyond the millisecond cut off. NaN for anything else, leap seconds too. */
export function parseRfc3339(text: string): number {
  if (!FORM.test(text)) return NaN;
  const date = text.slice(0, 10);
  // Date alone would take the 30th of February for the 2nd of March.
  const midnight = Date.parse(date);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return NaN;
  return Date.parse(`${date}T${text.slice(11).toUpperCase()}`);
}
