import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { isUuid, newUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions } from '../../kernel/tx.js';
import { validTradeInfo } from './trade-info.js';
import type { NewTradeInfo, TradeInfo, TradeInfoFields } from './trade-info.js';
import type { TradeInfoFilter, TradeInfoRepository } from './trade-info.repository.js';

export interface ManageTradeInfoDeps {
  db: Transactions;
  clock: Clock;
  rows: TradeInfoRepository;
  mostRows: number;
  idempotencyTtlMs: number;
}

/** Makes repeated calls one row: same scope, key and body give the row of the first call. */
export interface Idempotency {
  scope: string;
  key: string;
  body: Buffer;
}

export type ManageTradeInfo = ReturnType<typeof createManageTradeInfo>;

/** Adds, changes and removes what is followed. A row that changed meanwhile is a conflict, never overwritten. */
export function createManageTradeInfo({ db, clock, rows, mostRows, idempotencyTtlMs }: ManageTradeInfoDeps) {
  async function add(fields: TradeInfoFields, by: string, call?: CallOf): Promise<TradeInfo> {
    if ((await rows.list({}, mostRows)).length >= mostRows) {
      throw new AppError(`There are ${mostRows} rows already`, {
        code: 'rates.too-many-rows',
        kind: 'conflict',
      });
    }
    const now = clock.now();
    const row = { ...fields, id: newUuid(now), version: 1, createdAt: now, updatedAt: now, createdBy: by };
    const tx = db.begin();
    rows.add(tx, row);
    if (call) rows.claim(tx, call, row.id, now, idempotencyTtlMs);
    await db.commit(tx);
    return row;
  }

  async function earlierCall(call: CallOf): Promise<TradeInfo | undefined> {
    const earlier = await rows.findCall(call.scope, call.key, clock.now() - idempotencyTtlMs);
    if (!earlier) return undefined;
    if (earlier.bodyHash !== call.bodyHash) {
      throw new AppError('This Idempotency-Key was used with another body', {
        code: 'rates.idempotency-key-reused',
        kind: 'invalid',
      });
    }
    return require(earlier.rowId);
  }

  async function require(id: string): Promise<TradeInfo> {
    const row = isUuid(id) ? await rows.get(id) : undefined;
    if (!row) throw new AppError('Trade info not found', { code: 'rates.row-not-found', kind: 'not-found' });
    return row;
  }

  return {
    require,
    list: (filter: TradeInfoFilter, limit: number): Promise<TradeInfo[]> => rows.list(filter, limit),

    /** Rejects with `rates.idempotency-key-reused` (invalid) where the key came with another body before. */
    async create(raw: NewTradeInfo, by: string, idempotency?: Idempotency): Promise<TradeInfo> {
      const call = idempotency && callOf(idempotency);
      const earlier = call && (await earlierCall(call));
      if (earlier) return earlier;
      const fields = validTradeInfo(raw);
      try {
        return await add(fields, by, call);
      } catch (error) {
        const winner = call && error instanceof TxConflict ? await earlierCall(call) : undefined;
        if (winner) return winner;
        throw error;
      }
    },

    /** Changes what `patch` names in the row as the caller saw it. */
    async change(row: TradeInfo, patch: Partial<TradeInfoFields>): Promise<TradeInfo> {
      const fields = validTradeInfo({ ...row, ...patch });
      const changed = { ...row, ...fields, version: row.version + 1, updatedAt: clock.now() };
      const tx = db.begin();
      rows.change(tx, changed);
      await db.commit(tx).catch(changedMeanwhile);
      return changed;
    },

    async remove({ id, version }: { id: Uuid; version: number }): Promise<void> {
      const tx = db.begin();
      rows.remove(tx, id, version);
      await db.commit(tx).catch(changedMeanwhile);
    },
  };
}

interface CallOf {
  scope: string;
  key: string;
  bodyHash: string;
}

function callOf({ scope, key, body }: Idempotency): CallOf {
  return { scope, key, bodyHash: createHash('sha256').update(body).digest('base64url') };
}

function changedMeanwhile(error: unknown): never {
  if (!(error instanceof TxConflict)) throw error;
  throw new AppError('It was changed or removed at the same time', {
    code: 'rates.row-changed',
    kind: 'conflict',
    retryable: true,
    cause: error,
  });
}
