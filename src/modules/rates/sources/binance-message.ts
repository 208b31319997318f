/** A trade as the exchange's stream has it: `{"e":"trade","s":"BTCUSDT","p":"54000.00012300","T":1682632740000,…}`. */
export interface BinanceTrade {
  /** `btcusdt`. */
  symbol: string;
  price: string;
  /** Epoch ms. */
  at: number | undefined;
}

interface RawTrade {
  e?: unknown;
  E?: unknown;
  s?: unknown;
  p?: unknown;
  T?: unknown;
}

/** `other`: an answer to a request, or another event, which is nothing wrong. Combined streams wrap what raw ones send. */
export function readBinanceMessage(text: string): BinanceTrade | 'other' | 'malformed' {
  const message = parsed(text);
  if (!isObject(message)) return 'malformed';
  const data: unknown = 'stream' in message ? (message as { data?: unknown }).data : message;
  if (!isObject(data)) return 'malformed';
  return isOther(data) ? 'other' : tradeIn(data);
}

function isOther(data: RawTrade): boolean {
  return data.e === undefined ? 'result' in data : typeof data.e === 'string' && data.e !== 'trade';
}

function tradeIn({ s, p, T, E }: RawTrade): BinanceTrade | 'malformed' {
  const price = typeof p === 'number' ? String(p) : p;
  const at = T ?? E;
  if (typeof s !== 'string' || typeof price !== 'string') return 'malformed';
  if (at !== undefined && typeof at !== 'number') return 'malformed';
  return { symbol: s.toLowerCase(), price, at };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
