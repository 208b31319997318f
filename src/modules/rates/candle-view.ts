import { toRfc3339 } from '../../kernel/clock.js';
import type { Candle } from './rates-api.js';

/** A candle as REST shows it. */
export interface CandleView {
  at: string;
  open: string;
  high: string;
  low: string;
  close: string;
  exchanger: string;
  quoted_in?: string;
}

const COLUMNS = ['at', 'open', 'high', 'low', 'close', 'exchanger', 'quoted_in'] as const;

export function candleOut({ at, quotedIn, open, high, low, close, exchanger }: Candle): CandleView {
  const candle = { at: toRfc3339(at), open, high, low, close, exchanger };
  return quotedIn === undefined ? candle : { ...candle, quoted_in: quotedIn };
}

/** By RFC 4180: a header, a line a candle, CRLF. Nothing in it has to be quoted. */
export function candlesCsv(candles: readonly CandleView[]): string {
  const lines = candles.map((candle) => COLUMNS.map((column) => candle[column] ?? '').join(','));
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

/** A JSON object a line. */
export function candlesNdjson(candles: readonly CandleView[]): string {
  return candles.map((candle) => `${JSON.stringify(candle)}\n`).join('');
}
