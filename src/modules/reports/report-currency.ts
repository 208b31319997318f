import { toRfc3339 } from '../../kernel/clock.js';

/** The rate by which a report's prices are given in another currency too; fixed when the report is accepted. */
export interface RateUsed {
  /** The currency asked for: `USD`. */
  currency: string;
  /** That of the prices themselves: `RUB`. */
  base: string;
  /** What one unit of `base` is in `currency`; decimal text. */
  rate: string;
  /** Epoch ms. */
  at: number;
  /** Pairs by which it was found. */
  path: readonly string[];
  /** True: no fresh rate was known. */
  stale: boolean;
}

/** Finds the rate to a currency, named in any case; undefined where none is known. */
export type RateTo = (currency: string) => RateUsed | undefined;

/** Prices are 10 a second, so a hundredth of a millisecond sum. */
const PRICE_DIGITS = 2;

/** The price of so many milliseconds in the other currency: an exact decimal, which is a JSON number too. */
export function priceIn(ms: number | bigint, { rate }: Pick<RateUsed, 'rate'>): string {
  const [whole = '', fraction = ''] = rate.split('.');
  const product = BigInt(ms) * BigInt(whole + fraction);
  const [sign, size] = product < 0n ? ['-', -product] : ['', product];
  const places = fraction.length + PRICE_DIGITS;
  const digits = size.toString().padStart(places + 1, '0');
  const behind = digits.slice(-places).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -places)}${behind === '' ? '' : `.${behind}`}`;
}

/** What a report says of the rate, as JSON text. */
export function renderRate({ currency, base, rate, at, path, stale }: RateUsed): string {
  return (
    `{"code":${JSON.stringify(currency)},"base":${JSON.stringify(base)},"rate":"${rate}",` +
    `"rate_at":"${toRfc3339(at)}","path":${JSON.stringify(path)},"stale":${stale}}`
  );
}
