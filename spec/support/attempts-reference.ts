import type { Period, PhoneStats } from '../../src/modules/reports/phone-stats.js';

/** What plain code makes of a data file: the yardstick for every scanner. */
export interface Reference {
  stats: Map<number, PhoneStats>;
  skipped: number;
}

const EVER: Period = { fromMs: null, toMs: null };

/** Undefined where the file must be refused. */
export function reference(bytes: Uint8Array, skipInvalid = false, period = EVER): Reference | undefined {
  const elements = elementsOf(bytes);
  if (!elements) return undefined;
  const stats = new Map<number, PhoneStats>();
  let skipped = 0;
  for (const element of elements) {
    if (isValid(element)) count(stats, element, period);
    else if (skipInvalid) skipped++;
    else return undefined;
  }
  return { stats, skipped };
}

/** Of an array, or of lines where the text begins with a record. */
function elementsOf(bytes: Uint8Array): unknown[] | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (/^[ \t\r\n]*\{/.test(text)) return linesOf(text).map((line) => JSON.parse(line) as unknown);
    const data: unknown = JSON.parse(text);
    return Array.isArray(data) ? (data as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => !/^[ \t\r]*$/.test(line));
}

interface Attempt {
  phone: number;
  start_date: number;
  end_date: number;
}

function isValid(element: unknown): element is Attempt {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return false;
  const { phone, start_date, end_date } = element as Attempt;
  const isDate = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) <= 8.64e15;
  return (
    Number.isSafeInteger(phone) &&
    phone >= 0 &&
    isDate(start_date) &&
    isDate(end_date) &&
    end_date >= start_date
  );
}

function count(
  stats: Map<number, PhoneStats>,
  { phone: raw, start_date, end_date }: Attempt,
  period: Period,
): void {
  if (period.fromMs !== null && start_date < period.fromMs) return;
  if (period.toMs !== null && start_date >= period.toMs) return;
  const ms = end_date - start_date;
  const phone = raw === 0 ? 0 : raw;
  const exact = BigInt(end_date) - BigInt(start_date);
  const before = stats.get(phone) ?? emptyStats(phone);
  stats.set(phone, {
    phone,
    attempts: before.attempts + 1,
    upTo10s: before.upTo10s + Number(ms <= 10_000),
    from10To30s: before.from10To30s + Number(ms > 10_000 && ms <= 30_000),
    over30s: before.over30s + Number(ms > 30_000),
    minMs: Math.min(before.minMs, ms),
    maxMs: Math.max(before.maxMs, ms),
    sumMs: before.sumMs + exact,
    sumOver15sMs: before.sumOver15sMs + (ms > 15_000 ? exact : 0n),
  });
}

function emptyStats(phone: number): PhoneStats {
  const [minMs, maxMs] = [Infinity, -Infinity];
  return {
    phone,
    attempts: 0,
    upTo10s: 0,
    from10To30s: 0,
    over30s: 0,
    minMs,
    maxMs,
    sumMs: 0n,
    sumOver15sMs: 0n,
  };
}
