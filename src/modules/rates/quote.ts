/** A price of one pair as one source gave it. */
export interface Quote {
  /** `binance`. */
  exchanger: string;
  /** `BTC-USDT`. */
  pair: string;
  /** Exact, in canonical form. */
  valueText: string;
  /** The source's time where it gives one, else that of the receipt; epoch ms. */
  at: number;
}

/**
 * What became known of a source's price: `new` as the source gave it, `holds` while the source lives and nothing newer
 * came, `lost` when it can no longer be vouched for. `again` says nothing new: it is for who did not hear the first.
 */
export interface Word extends Quote {
  kind: 'new' | 'holds' | 'again' | 'lost';
}
