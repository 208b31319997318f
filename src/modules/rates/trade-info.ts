import { invalidInput } from '../../kernel/errors.js';
import type { FieldError } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import { exchangerNamed } from './exchangers.js';
import type { Exchanger } from './exchangers.js';
import { pairOf } from './pair.js';
import type { TrackedPair } from './tracked-pair.js';

/** What is followed at a source: each symbol in each currency. */
export interface TradeInfoFields {
  exchanger: string;
  /** Null: the address that the configuration has for the exchanger. */
  url: string | null;
  symbols: readonly string[];
  currencies: readonly string[];
  /** Lower is asked first. */
  priority: number;
  enabled: boolean;
  staleAfterS: number;
}

export interface TradeInfo extends TradeInfoFields {
  id: Uuid;
  /** Counts its changes, from 1. */
  version: number;
  /** Epoch ms. */
  createdAt: number;
  updatedAt: number;
  /** The token that created it; `switchyard` for the rows of a first start. */
  createdBy: string;
}

/** As asked for; what is left out is the exchanger's default. */
export type NewTradeInfo = Pick<TradeInfoFields, 'exchanger' | 'symbols' | 'currencies'> &
  Partial<TradeInfoFields>;

/** Pairs that one row may hold. */
const MOST_PAIRS = 1_000;
const MOST_URL = 2_000;

/** The row's fields with their defaults. Throws a 422 that names what is wrong. */
export function validTradeInfo(raw: NewTradeInfo): TradeInfoFields {
  const exchanger = exchangerNamed(raw.exchanger);
  if (!exchanger) {
    const detail = `must be an exchanger that is known, got ${JSON.stringify(raw.exchanger)}`;
    throw invalidInput([{ pointer: '/exchanger', detail }]);
  }
  const fields: TradeInfoFields = {
    exchanger: raw.exchanger,
    url: raw.url ?? null,
    symbols: [...new Set(raw.symbols)],
    currencies: [...new Set(raw.currencies)],
    priority: raw.priority ?? exchanger.priority,
    enabled: raw.enabled ?? true,
    staleAfterS: raw.staleAfterS ?? exchanger.staleAfterS,
  };
  const errors = [
    ...misnamed('symbols', fields.symbols, exchanger.symbol, exchanger.symbolWords),
    ...misnamed('currencies', fields.currencies, exchanger.currency, exchanger.currencyWords),
    ...tooMany(fields),
    ...(fields.url === null ? [] : wrongUrl(fields.url, exchanger)),
  ];
  if (errors.length > 0) throw invalidInput(errors);
  return fields;
}

function misnamed(field: string, names: readonly string[], form: RegExp, words: string): FieldError[] {
  return names.flatMap((name, index) =>
    form.test(name)
      ? []
      : [
          {
            pointer: `/${field}/${index}`,
            detail: `must be ${words}, got ${JSON.stringify(name.slice(0, 64))}`,
          },
        ],
  );
}

function tooMany({ symbols, currencies }: TradeInfoFields): FieldError[] {
  const pairs = symbols.length * currencies.length;
  if (pairs <= MOST_PAIRS) return [];
  return [
    { pointer: '/symbols', detail: `must make at most ${MOST_PAIRS} pairs with currencies, got ${pairs}` },
  ];
}

/** Nothing of a URL is repeated: it may hold a secret. */
function wrongUrl(text: string, { schemes }: Exchanger): FieldError[] {
  const wrong = (detail: string): FieldError[] => [{ pointer: '/url', detail }];
  const url = text.length <= MOST_URL && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !schemes.includes(url.protocol))
    return wrong(`must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
  return url.username || url.password ? wrong('must hold no user name and no password') : [];
}

/** What a row has followed. */
export function pairsOf(row: TradeInfoFields, addressOf: (exchanger: string) => string): TrackedPair[] {
  const url = row.url ?? addressOf(row.exchanger);
  const shared = {
    exchanger: row.exchanger,
    url,
    priority: row.priority,
    staleAfterMs: row.staleAfterS * 1_000,
  };
  return row.symbols.flatMap((symbol) =>
    row.currencies.map((currency) => ({ ...shared, pair: pairOf(symbol, currency), symbol, currency })),
  );
}

/**
 * The pairs of all rows that are on, at most `most`: each pair of a source once, from the row of the first priority,
 * then the older one. A pair in a currency of its own (`USDT-USDT`) is none.
 */
export function trackedBy(
  rows: readonly TradeInfo[],
  addressOf: (exchanger: string) => string,
  most: number,
): TrackedPair[] {
  const inOrder = rows
    .filter(({ enabled }) => enabled)
    .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
  const tracked = new Map<string, TrackedPair>();
  for (const one of inOrder.flatMap((row) => pairsOf(row, addressOf))) {
    const series = `${one.exchanger} ${one.pair}`;
    if (tracked.size < most && !tracked.has(series) && !isOfItself(one.pair)) tracked.set(series, one);
  }
  return [...tracked.values()];
}

function isOfItself(pair: string): boolean {
  const at = pair.lastIndexOf('-');
  return pair.slice(0, at) === pair.slice(at + 1);
}
