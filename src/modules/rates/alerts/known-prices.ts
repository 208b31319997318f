import type { HistoryInterval, RatesApi } from '../rates-api.js';
import type { Sample } from './price-window.js';
import { measureOf } from './threshold.js';

/** As fine as so many candles allow. */
const INTERVALS: readonly [HistoryInterval, number][] = [
  ['1m', 60_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
];
const MOST_CANDLES = 1_000;

/**
 * What is stored of a pair's prices over the last `windowMs`, oldest first, so that a change is measured over a restart;
 * none where nothing can be read.
 */
export async function knownPrices(
  { history }: Pick<RatesApi, 'history'>,
  pair: string,
  windowMs: number,
  now: number,
): Promise<Sample[]> {
  const [interval] = INTERVALS.find(([, ms]) => windowMs / ms < MOST_CANDLES) ?? INTERVALS[2]!;
  const query = { from: now - windowMs, to: now, interval, limit: MOST_CANDLES };
  const candles = await history(pair, query).catch(() => []); // then it begins with what it hears
  return candles.map(({ at, open }) => ({ at, measure: measureOf(open) }));
}
