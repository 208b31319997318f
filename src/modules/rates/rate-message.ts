import { toRfc3339 } from '../../kernel/clock.js';
import { canonicalDecimal } from './decimal.js';
import { parsePair } from './pair.js';
import type { Word } from './quote.js';

/** Topic exchange through which all rates go, those of other programs too. */
export const RATES_EXCHANGE = 'rates';
export const RATE_MESSAGE = 'rates.rate.v1';

/**
 * A rate on its way: `{"exchanger","direction","value","at"}`. From a feed of this service also `by`, the replica, and
 * `kind`; other programs send neither.
 */
export interface RateMessage {
  word: Word;
  /** The replica whose feed sent it; undefined for another program. */
  by: string | undefined;
}

const EXCHANGER = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const MOST_BYTES = 4_096;

export function routingKeyOf({ exchanger, pair }: Pick<Word, 'exchanger' | 'pair'>): string {
  return `${exchanger}.${pair}`;
}

export function encodeRate({ exchanger, pair, valueText, at, kind }: Word, by: string): Buffer {
  return Buffer.from(
    `{"exchanger":"${exchanger}","direction":"${pair}","value":"${valueText}","at":"${toRfc3339(at)}",` +
      `"by":${JSON.stringify(by)}${kind === 'new' ? '' : `,"kind":"${kind}"`}}`,
  );
}

/** Undefined for what is no rate. `value` is a decimal as text or number, `at` RFC 3339 or epoch ms. */
export function decodeRate(body: Buffer): RateMessage | undefined {
  if (body.length > MOST_BYTES) return undefined;
  const text = body.toString('utf8');
  const raw = parsed(text);
  if (!raw) return undefined;
  const { exchanger, direction, value, by } = raw;
  const pair = typeof direction === 'string' ? parsePair(direction) : undefined;
  const valueText = decimalOf(value, text);
  const at = timeOf(raw['at']);
  if (typeof exchanger !== 'string' || !EXCHANGER.test(exchanger)) return undefined;
  if (pair === undefined || valueText === undefined || at === undefined) return undefined;
  const kind = by === undefined ? 'new' : kindOf(raw['kind']);
  return { word: { exchanger, pair, valueText, at, kind }, by: typeof by === 'string' ? by : undefined };
}

/** Digits of a number are read from the text that it came in. */
function decimalOf(value: unknown, text: string): string | undefined {
  if (typeof value === 'string') return canonicalDecimal(value);
  if (typeof value !== 'number') return undefined;
  const token = /"value"\s*:\s*([^,}\s]+)/.exec(text)?.[1];
  return canonicalDecimal(token ?? String(value));
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

function timeOf(at: unknown): number | undefined {
  const time = typeof at === 'string' && RFC_3339.test(at) ? Date.parse(at) : at;
  return typeof time === 'number' && time >= 0 && time <= 8.64e15 ? Math.round(time) : undefined;
}

function kindOf(kind: unknown): Word['kind'] {
  return kind === 'holds' || kind === 'again' || kind === 'lost' ? kind : 'new';
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
