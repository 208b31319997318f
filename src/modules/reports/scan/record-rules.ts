export const LARGEST_PHONE = Number.MAX_SAFE_INTEGER;
/** The range of dates in ECMAScript: 100 million days around 1970. */
export const LARGEST_DATE_MS = 8.64e15;

export const NOT_AN_OBJECT = 'the record is not an object';

/** The keys of a record that count, and the bit by which each is marked as seen. */
export const FIELD_NAMES = ['phone', 'start_date', 'end_date'] as const;
export const ALL_FIELDS = 0b111;

/**
 * What is wrong with a record, or null. `seen` has a bit per field that was there; a value that is no number is NaN.
 * The text names the field and holds nothing of its content.
 */
export function faultOf(seen: number, phone: number, startMs: number, endMs: number): string | null {
  if (seen !== ALL_FIELDS) return `${FIELD_NAMES.find((_, field) => !(seen & (1 << field)))!} is missing`;
  if (!isWhole(phone, 0, LARGEST_PHONE)) return `phone is not a whole number from 0 to ${LARGEST_PHONE}`;
  if (!isWhole(startMs, -LARGEST_DATE_MS, LARGEST_DATE_MS)) return dateFault('start_date');
  if (!isWhole(endMs, -LARGEST_DATE_MS, LARGEST_DATE_MS)) return dateFault('end_date');
  return endMs < startMs ? 'end_date is before start_date' : null;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function dateFault(name: string): string {
  return `${name} is not a whole number of milliseconds within 8.64e15 of 1970`;
}
