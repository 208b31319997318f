import { AppError } from '../../kernel/errors.js';
import type { CandlesRepository, SourceCandle } from './candles.repository.js';
import { currenciesOf, parsePair } from './pair.js';
import type { Candle, HistoryInterval, HistoryQuery } from './rates-api.js';

export const INTERVAL_MS: Readonly<Record<HistoryInterval, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

export interface ReadHistoryDeps {
  candles: Pick<CandlesRepository, 'read'>;
  usdtAsUsd: boolean;
  /** Lower is preferred; infinite for sources that are not tracked. */
  priorityOf: (exchanger: string, pair: string) => number;
}

/** Sources of one pair that are weighed against each other. */
const MOST_SOURCES = 8;

/** Reads candles, each from the source of the first priority that has one of its time. */
export function createReadHistory({ candles, usdtAsUsd, priorityOf }: ReadHistoryDeps) {
  return async function history(name: string, query: HistoryQuery): Promise<Candle[]> {
    const pair = parsePair(name);
    if (pair === undefined) throw pairNotFound();
    const { from, to, interval, limit } = query;
    const [base, quote] = currenciesOf(pair);
    const pairs = usdtAsUsd && quote === 'USD' ? [pair, `${base}-USDT`] : [pair];
    const most = (limit + 1) * MOST_SOURCES;
    const found = await candles.read({ pairs, from, to, widthMs: INTERVAL_MS[interval], limit: most });
    const best = new Map<number, SourceCandle>();
    for (const candle of found) {
      const known = best.get(candle.at);
      if (!known || isBefore(candle, known)) best.set(candle.at, candle);
    }
    // Of the last time of a full answer a source may be missing.
    const shown = [...best.values()].slice(0, found.length === most ? -1 : undefined);
    return shown.slice(0, limit).map((candle) => shownAs(candle, pair));
  };

  function isBefore(a: SourceCandle, b: SourceCandle): boolean {
    const [one, other] = [priorityOf(a.exchanger, a.pair), priorityOf(b.exchanger, b.pair)];
    return one === other ? a.exchanger < b.exchanger : one < other;
  }
}

export type ReadHistory = ReturnType<typeof createReadHistory>;

export function pairNotFound(): AppError {
  return new AppError('Pair not found', { code: 'rates.pair-not-found', kind: 'not-found' });
}

function shownAs({ pair, at, open, high, low, close, exchanger }: SourceCandle, asked: string): Candle {
  const candle = { at, open, high, low, close, exchanger };
  return pair === asked ? candle : { ...candle, quotedIn: currenciesOf(pair)[1] };
}
