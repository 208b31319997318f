import { type Kysely, sql } from 'kysely';
import type { ColumnTypes, Migration, Statement } from '../../platform/db/database.js';
import type { RatesSchema, TradeInfoRow } from './rates.schema.js';

export const rateMigrations: readonly Migration[] = [
  { id: 'rates-0001-trade-info', up: tradeInfo },
  { id: 'rates-0002-first-rows', up: (db) => [firstRows(db as unknown as Kysely<RatesSchema>)] },
  { id: 'rates-0003-candles', up: candles },
];

function tradeInfo(db: Kysely<unknown>, types: ColumnTypes): Statement[] {
  const [text, whole] = [sql.raw(types.text), sql.raw(types.bigint)];
  const rows = db.schema
    .createTable('rates_trade_info')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('exchanger', text, (column) => column.notNull())
    .addColumn('url', text)
    .addColumn('symbols', text, (column) => column.notNull())
    .addColumn('currencies', text, (column) => column.notNull())
    .addColumn('priority', whole, (column) => column.notNull())
    .addColumn('enabled', whole, (column) => column.notNull())
    .addColumn('stale_after_s', whole, (column) => column.notNull())
    .addColumn('version', whole, (column) => column.notNull())
    .addColumn('created_at', whole, (column) => column.notNull())
    .addColumn('updated_at', whole, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull());
  const keys = db.schema
    .createTable('rates_idempotency_keys')
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('body_hash', text, (column) => column.notNull())
    .addColumn('row_id', text, (column) => column.notNull())
    .addColumn('created_at', whole, (column) => column.notNull())
    .addPrimaryKeyConstraint('rates_idempotency_keys_pk', ['scope', 'key']);
  return [rows, keys];
}

/** 2026-01-01: the time in their ids. */
const FIRST_AT = 1_767_225_600_000;

/** As they are at a first start; whoever changes or deletes them does so for good. */
function firstRows(db: Kysely<RatesSchema>): Statement {
  const row = (n: number, some: Partial<TradeInfoRow>): TradeInfoRow => ({
    id: `019b76da-a800-7000-8000-00000000000${n}`,
    exchanger: 'binance',
    url: null,
    symbols: '["BTC"]',
    currencies: '["USDT"]',
    priority: 1,
    enabled: 1,
    stale_after_s: 5,
    version: 1,
    created_at: FIRST_AT,
    updated_at: FIRST_AT,
    created_by: 'switchyard',
    ...some,
  });
  const coins = {
    exchanger: 'coingecko',
    symbols: '["bitcoin","ethereum","tether","tron"]',
    currencies: '["rub","usd"]',
    priority: 2,
    stale_after_s: 120,
  };
  return db
    .insertInto('rates_trade_info')
    .values([row(1, {}), row(2, { symbols: '["ETH"]' }), row(3, coins)]);
}

function candles(db: Kysely<unknown>, types: ColumnTypes): Statement[] {
  const [text, whole] = [sql.raw(types.text), sql.raw(types.bigint)];
  const table = db.schema
    .createTable('rates_candles')
    .addColumn('pair', text, (column) => column.notNull())
    .addColumn('at', whole, (column) => column.notNull())
    .addColumn('exchanger', text, (column) => column.notNull())
    .addColumn('open', text, (column) => column.notNull())
    .addColumn('high', text, (column) => column.notNull())
    .addColumn('low', text, (column) => column.notNull())
    .addColumn('close', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('rates_candles_pk', ['pair', 'at', 'exchanger']);
  return [table, db.schema.createIndex('rates_candles_age').on('rates_candles').column('at')];
}
