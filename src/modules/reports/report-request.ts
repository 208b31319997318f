import type { FieldError } from '../../kernel/errors.js';
import type { Period } from './phone-stats.js';
import { parseRfc3339 } from './rfc3339.js';

/** What is asked for, whichever way it came. */
export interface ReportRequest {
  /** Each once, in the order asked for. */
  phones: number[];
  period: Period;
}

/** The fields as they came, before anything is known of them. */
export interface RawReportRequest {
  phones: unknown;
  from?: unknown;
  to?: unknown;
}

export type ParsedReportRequest = { ok: true; request: ReportRequest } | { ok: false; errors: FieldError[] };

/** More faults than these are not listed. */
const MOST_ERRORS = 20;
const MOST_SHOWN = 64;
const DATE_LIMIT_MS = 8.64e15;

/**
 * Checks a request of either edge.
 * @param field what the phones are called there: `numbers` over REST, `phones` in the queue
 */
export function parseReportRequest(
  raw: RawReportRequest,
  field: 'numbers' | 'phones',
  mostPhones: number,
): ParsedReportRequest {
  const errors: FieldError[] = [];
  const phones = parsePhones(raw.phones, field, mostPhones, errors);
  const fromMs = parseTime(raw.from, 'from', errors);
  const toMs = parseTime(raw.to, 'to', errors);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    errors.push({ pointer: '/to', detail: 'must be later than from' });
  }
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, request: { phones, period: { fromMs, toMs } } };
}

function parsePhones(value: unknown, field: string, most: number, errors: FieldError[]): number[] {
  if (!Array.isArray(value)) {
    errors.push({ pointer: `/${field}`, detail: `must be an array of phones, got ${shown(value)}` });
    return [];
  }
  if (value.length === 0)
    errors.push({ pointer: `/${field}`, detail: 'must hold at least 1 phone, got none' });
  if (value.length > most) {
    errors.push({ pointer: `/${field}`, detail: `must hold at most ${most} phones, got ${value.length}` });
    return [];
  }
  const phones = new Set<number>();
  for (const [index, phone] of value.entries()) {
    if (isPhone(phone)) phones.add(phone === 0 ? 0 : phone);
    else if (errors.length < MOST_ERRORS) {
      errors.push({
        pointer: `/${field}/${index}`,
        detail: `must be a whole number from 0 to 2^53-1, got ${shown(phone)}`,
      });
    }
  }
  return [...phones];
}

function isPhone(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseTime(value: unknown, field: string, errors: FieldError[]): number | null {
  if (value === undefined || value === null) return null;
  const time = typeof value === 'string' ? parseRfc3339(value) : value;
  if (Number.isInteger(time) && Math.abs(time as number) <= DATE_LIMIT_MS) return time as number;
  errors.push({
    pointer: `/${field}`,
    detail: `must be an RFC 3339 time or whole epoch milliseconds, got ${shown(value)}`,
  });
  return null;
}

/** What came, for an error message: short, and quick to make however large or deep the value is. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, MOST_SHOWN)) : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
