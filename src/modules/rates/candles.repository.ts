import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Database } from '../../platform/db/database.js';
import { placeholders, prepared } from '../../platform/db/prepared.js';
import type { Minute } from './candle-maker.js';
import { fromSortable, sortableDecimal } from './decimal.js';
import type { Candle } from './rates-api.js';
import type { CandleRow, RatesSchema } from './rates.schema.js';

export interface CandlesQuery {
  /** Each is read; which of them a candle is of is said with it. */
  pairs: readonly string[];
  /** Epoch ms: from the first, up to and without the second. */
  from: number;
  to: number;
  /** Of one candle. */
  widthMs: number;
  /** Candles of all sources together. */
  limit: number;
}

export type SourceCandle = Omit<Candle, 'quotedIn'> & { pair: string };

export interface CandlesRepository {
  /** Writes minutes; one that is there already is added to. */
  put: (minutes: readonly Minute[]) => Promise<void>;
  /** By time. */
  read: (query: CandlesQuery) => Promise<SourceCandle[]>;
  /** Removes minutes from before, a few at a time. */
  trim: (before: number) => Promise<void>;
}

const COLUMNS = ['pair', 'at', 'exchanger', 'open', 'high', 'low', 'close'] as const;
/** Ten minutes of some hundred pairs: some thousand rows. */
const TRIM_AT_ONCE_MS = 600_000;

export function createCandlesRepository(db: Database): CandlesRepository {
  const schema = db.schema<RatesSchema>();
  const [greater, lesser] = db.dialect === 'sqlite' ? ['max', 'min'] : ['greatest', 'least'];
  const both = (which: string, column: 'high' | 'low'): RawBuilder<string> =>
    sql`${sql.raw(which)}(${sql.ref(`rates_candles.${column}`)}, ${sql.ref(`excluded.${column}`)})`;
  const upsert = prepared<CandleRow, unknown>((value) =>
    schema
      .insertInto('rates_candles')
      .values(placeholders(value, COLUMNS))
      .onConflict((conflict) =>
        conflict.columns(['pair', 'at', 'exchanger']).doUpdateSet({
          high: both(greater, 'high'),
          low: both(lesser, 'low'),
          close: sql`excluded.close`,
        }),
      ),
  );

  return {
    async put(minutes) {
      const tx = db.begin();
      for (const minute of minutes) db.add(tx, upsert(rowOf(minute)));
      await db.commit(tx);
    },

    async read({ pairs, from, to, widthMs, limit }) {
      const begin = sql<number>`at - at % ${sql.raw(String(widthMs))}`;
      const rows = await schema
        .selectFrom('rates_candles')
        .select([begin.as('begin'), 'pair', 'exchanger'])
        .select((eb) => [eb.fn.max('high').as('high'), eb.fn.min('low').as('low')])
        .select([
          sql<string>`min(cast(at as text) || ' ' || open)`.as('first'),
          sql<string>`max(cast(at as text) || ' ' || close)`.as('last'),
        ])
        .where('pair', 'in', pairs)
        .where('at', '>=', from)
        .where('at', '<', to)
        .groupBy([begin, 'pair', 'exchanger'])
        .orderBy(begin)
        .limit(limit)
        .execute();
      return rows.map(({ begin: at, pair, exchanger, high, low, first, last }) => ({
        ...{ at, pair, exchanger, open: priceIn(first), close: priceIn(last) },
        high: fromSortable(high),
        low: fromSortable(low),
      }));
    },

    async trim(before) {
      for (;;) {
        const oldest = await schema
          .selectFrom('rates_candles')
          .select((eb) => eb.fn.min('at').as('at'))
          .executeTakeFirst();
        if (oldest?.at == null || oldest.at >= before) return;
        const tx = db.begin();
        const until = Math.min(before, oldest.at + TRIM_AT_ONCE_MS);
        db.add(tx, schema.deleteFrom('rates_candles').where('at', '<', until));
        await db.commit(tx);
      }
    },
  };
}

function rowOf({ pair, at, exchanger, open, high, low, close }: Minute): CandleRow {
  return {
    ...{ pair, at, exchanger },
    open: sortableDecimal(open),
    high: sortableDecimal(high),
    low: sortableDecimal(low),
    close: sortableDecimal(close),
  };
}

/** Of `<time> <price>`, which is how the price of the first and last time is found. */
function priceIn(timed: string): string {
  return fromSortable(timed.slice(timed.indexOf(' ') + 1));
}
