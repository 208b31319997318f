import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { RatesSchema, TradeInfoRow } from './rates.schema.js';
import type { TradeInfo } from './trade-info.js';

/** Why a change was not made: the row is not as the caller saw it. */
export const ROW_CHANGED = 'rates.row-changed';
/** Why a row was not added: another call has its idempotency key. */
export const KEY_TAKEN = 'rates.idempotency-key-taken';
/** Nudged by each change of rows, so that every replica looks at once. */
export const ROWS_CHANNEL = 'rates-rows';

export interface TradeInfoFilter {
  exchanger?: string;
  enabled?: boolean;
  /** Only rows whose id is greater. */
  after?: string;
}

export interface CallKey {
  scope: string;
  key: string;
  bodyHash: string;
}

export interface TradeInfoRepository {
  /** In the order of their ids. */
  list: (filter: TradeInfoFilter, limit: number) => Promise<TradeInfo[]>;
  get: (id: Uuid) => Promise<TradeInfo | undefined>;
  add: (tx: Tx, row: TradeInfo) => void;
  /** Where it still has the version before this one; else `ROW_CHANGED`. */
  change: (tx: Tx, row: TradeInfo) => void;
  remove: (tx: Tx, id: Uuid, version: number) => void;
  /** Takes the key for a row; the transaction is refused (`KEY_TAKEN`) where another call has it. */
  claim: (tx: Tx, key: CallKey, row: Uuid, now: number, ttlMs: number) => void;
  findCall: (
    scope: string,
    key: string,
    after: number,
  ) => Promise<{ bodyHash: string; rowId: string } | undefined>;
  /** Removes keys from before; returns after the commit. */
  trimKeys: (before: number) => Promise<void>;
}

export function createTradeInfoRepository(db: Database): TradeInfoRepository {
  const schema = db.schema<RatesSchema>();
  return {
    async list({ exchanger, enabled, after }, limit) {
      let query = schema.selectFrom('rates_trade_info').selectAll().orderBy('id').limit(limit);
      if (exchanger !== undefined) query = query.where('exchanger', '=', exchanger);
      if (enabled !== undefined) query = query.where('enabled', '=', Number(enabled));
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(tradeInfoOf);
    },
    async get(id) {
      const row = await schema
        .selectFrom('rates_trade_info')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && tradeInfoOf(row);
    },
    add(tx, row) {
      db.add(tx, schema.insertInto('rates_trade_info').values(rowOf(row)));
      db.nudgeAfter(tx, ROWS_CHANNEL);
    },
    change(tx, row) {
      const { id, ...columns } = rowOf(row);
      const update = schema
        .updateTable('rates_trade_info')
        .set(columns)
        .where('id', '=', id)
        .where('version', '=', row.version - 1);
      db.add(tx, update, { rows: 1, otherwise: ROW_CHANGED });
      db.nudgeAfter(tx, ROWS_CHANNEL);
    },
    remove(tx, id, version) {
      const removal = schema
        .deleteFrom('rates_trade_info')
        .where('id', '=', id)
        .where('version', '=', version);
      db.add(tx, removal, { rows: 1, otherwise: ROW_CHANGED });
      db.nudgeAfter(tx, ROWS_CHANNEL);
    },
    ...callKeys(db),
  };
}

function callKeys(db: Database): Pick<TradeInfoRepository, 'claim' | 'findCall' | 'trimKeys'> {
  const schema = db.schema<RatesSchema>();
  return {
    claim(tx, { scope, key, bodyHash }, rowId, now, ttlMs) {
      const outdated = schema
        .deleteFrom('rates_idempotency_keys')
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '<=', now - ttlMs);
      db.add(tx, outdated);
      const insert = schema
        .insertInto('rates_idempotency_keys')
        .values({ scope, key, body_hash: bodyHash, row_id: rowId, created_at: now })
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: KEY_TAKEN });
    },
    findCall: (scope, key, after) =>
      schema
        .selectFrom('rates_idempotency_keys')
        .select(['body_hash as bodyHash', 'row_id as rowId'])
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('created_at', '>', after)
        .executeTakeFirst(),
    async trimKeys(before) {
      const tx = db.begin();
      db.add(tx, schema.deleteFrom('rates_idempotency_keys').where('created_at', '<=', before));
      await db.commit(tx);
    },
  };
}

function rowOf(row: TradeInfo): TradeInfoRow {
  return {
    id: row.id,
    exchanger: row.exchanger,
    url: row.url,
    symbols: JSON.stringify(row.symbols),
    currencies: JSON.stringify(row.currencies),
    priority: row.priority,
    enabled: Number(row.enabled),
    stale_after_s: row.staleAfterS,
    version: row.version,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    created_by: row.createdBy,
  };
}

function tradeInfoOf(row: TradeInfoRow): TradeInfo {
  return {
    id: row.id as Uuid,
    exchanger: row.exchanger,
    url: row.url,
    symbols: JSON.parse(row.symbols) as string[],
    currencies: JSON.parse(row.currencies) as string[],
    priority: row.priority,
    enabled: row.enabled === 1,
    staleAfterS: row.stale_after_s,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
  };
}
