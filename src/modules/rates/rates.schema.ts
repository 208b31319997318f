/** The tables of exchange rates. */
export interface RatesSchema {
  rates_trade_info: TradeInfoRow;
  rates_idempotency_keys: {
    scope: string;
    key: string;
    body_hash: string;
    row_id: string;
    created_at: number;
  };
  rates_candles: CandleRow;
}

export interface TradeInfoRow {
  id: string;
  exchanger: string;
  url: string | null;
  /** JSON arrays of text. */
  symbols: string;
  currencies: string;
  priority: number;
  /** 0 or 1. */
  enabled: number;
  stale_after_s: number;
  version: number;
  created_at: number;
  updated_at: number;
  created_by: string;
}

/** A minute of one source. Prices are decimals whose order as text is that of numbers. */
export interface CandleRow {
  pair: string;
  /** Epoch ms of its begin. */
  at: number;
  exchanger: string;
  open: string;
  high: string;
  low: string;
  close: string;
}
