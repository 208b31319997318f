import type { PhoneStats } from '../src/modules/reports/phone-stats.js';

export interface Attempt {
  phone: number;
  start_date: number;
  end_date: number;
}

/** What the contestants' answers have in common, in plain numbers that compare as JSON. */
export interface PlainStats {
  phone: number;
  attempts: number;
  upTo10s: number;
  from10To30s: number;
  over30s: number;
  minMs: number;
  maxMs: number;
  sumMs: number;
  sumOver15sMs: number;
}

export function plainOf(stats: PhoneStats): PlainStats {
  return { ...stats, sumMs: Number(stats.sumMs), sumOver15sMs: Number(stats.sumOver15sMs) };
}

/** The report's sums as anybody would write them over parsed records. */
export class PlainSums {
  readonly #phones = new Map<number, PlainStats>();

  add({ phone, start_date, end_date }: Attempt): void {
    let sums = this.#phones.get(phone);
    if (!sums) this.#phones.set(phone, (sums = emptyOf(phone)));
    const ms = end_date - start_date;
    sums.attempts++;
    if (ms <= 10_000) sums.upTo10s++;
    else if (ms <= 30_000) sums.from10To30s++;
    else sums.over30s++;
    if (ms < sums.minMs) sums.minMs = ms;
    if (ms > sums.maxMs) sums.maxMs = ms;
    sums.sumMs += ms;
    if (ms > 15_000) sums.sumOver15sMs += ms;
  }

  of(phones: readonly number[]): PlainStats[] {
    return phones.flatMap((phone) => this.#phones.get(phone) ?? []);
  }
}

function emptyOf(phone: number): PlainStats {
  const counts = { attempts: 0, upTo10s: 0, from10To30s: 0, over30s: 0 };
  return { phone, ...counts, minMs: Infinity, maxMs: -Infinity, sumMs: 0, sumOver15sMs: 0 };
}
