import { symbolOf } from './coin-ids.js';

/** A currency's symbol. Ids may hold hyphens, so the quote is what stands behind the last one. */
const BASE = /^[A-Z0-9][A-Z0-9._-]{0,63}$/;
const QUOTE = /^[A-Z0-9][A-Z0-9._]{0,31}$/;
export const MOST_PAIR_CHARACTERS = 96;

/** `BTC-USDT`: so many USDT for one BTC. */
export function pairOf(base: string, quote: string): string {
  return `${symbolOf(base)}-${symbolOf(quote)}`;
}

/** As answers write it, of any case and of ids: `BTC-USD` of `bitcoin-usd`. Undefined for what can be no pair. */
export function parsePair(text: string): string | undefined {
  const at = text.lastIndexOf('-');
  if (at < 1 || text.length > MOST_PAIR_CHARACTERS) return undefined;
  const [base, quote] = [symbolOf(text.slice(0, at)), symbolOf(text.slice(at + 1))];
  return BASE.test(base) && QUOTE.test(quote) ? `${base}-${quote}` : undefined;
}

/** The currencies of a pair in canonical form. */
export function currenciesOf(pair: string): [base: string, quote: string] {
  const at = pair.lastIndexOf('-');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
