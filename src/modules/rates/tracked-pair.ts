/** A pair that is followed at one source, and how its price is weighed. */
export interface TrackedPair {
  exchanger: string;
  /** `BTC-USDT`. */
  pair: string;
  /** As its source knows them: `bitcoin` and `usd`. */
  symbol: string;
  currency: string;
  /** Where the source is asked. */
  url: string;
  /** Lower is asked first. */
  priority: number;
  staleAfterMs: number;
}

/** `binance BTC-USDT`. */
export function seriesOf({ exchanger, pair }: Pick<TrackedPair, 'exchanger' | 'pair'>): string {
  return `${exchanger} ${pair}`;
}
