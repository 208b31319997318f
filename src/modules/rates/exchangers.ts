/** What is true of a source that this service knows to speak to, whatever its rows say. */
export interface Exchanger {
  name: string;
  /** Of its addresses. */
  schemes: readonly string[];
  /** What it takes for the name of a coin, and of a currency. */
  symbol: RegExp;
  symbolWords: string;
  currency: RegExp;
  currencyWords: string;
  /** For rows that do not say: seconds, and place. */
  staleAfterS: number;
  priority: number;
}

const SYMBOL = /^[A-Za-z0-9]{1,20}$/;
const SYMBOL_WORDS = 'a symbol of 1 to 20 letters and digits';

export const EXCHANGERS: readonly Exchanger[] = [
  {
    name: 'binance',
    schemes: ['wss:', 'ws:'],
    symbol: SYMBOL,
    symbolWords: SYMBOL_WORDS,
    currency: SYMBOL,
    currencyWords: SYMBOL_WORDS,
    staleAfterS: 5,
    priority: 1,
  },
  {
    name: 'coingecko',
    schemes: ['https:', 'http:'],
    symbol: /^[a-z0-9][a-z0-9._-]{0,63}$/,
    symbolWords: "a coin's id in lower case, like bitcoin",
    currency: /^[A-Za-z]{2,10}$/,
    currencyWords: 'a currency of 2 to 10 letters, like usd',
    staleAfterS: 120,
    priority: 2,
  },
];

export function exchangerNamed(name: string): Exchanger | undefined {
  return EXCHANGERS.find((exchanger) => exchanger.name === name);
}
