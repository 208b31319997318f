import type { Selectable } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { Token } from './token.js';
import type { AccessSchema } from './tokens.schema.js';

/** More cannot be made; all of them are held in memory. */
export const MOST_TOKENS = 10_000;

export interface TokensRepository {
  /** False where the name is taken. */
  insert(token: Token): Promise<boolean>;
  all(): Promise<Token[]>;
  /** Oldest first, after the id. */
  page(after: Uuid | undefined, limit: number): Promise<Token[]>;
  get(id: Uuid): Promise<Token | undefined>;
  /** A token revoked before keeps its time. */
  revoke(id: Uuid, at: number): Promise<void>;
  used(uses: ReadonlyMap<Uuid, number>): Promise<void>;
}

type Row = Selectable<AccessSchema['access_tokens']>;

export function createTokensRepository(db: Database): TokensRepository {
  const tables = db.schema<AccessSchema>();
  const select = tables.selectFrom('access_tokens').selectAll();
  return {
    async insert(token) {
      const tx = db.begin();
      const insert = tables.insertInto('access_tokens').values(toRow(token));
      const unlessTaken = insert.onConflict((conflict) => conflict.column('name').doNothing());
      db.add(tx, unlessTaken, { rows: 1, otherwise: 'access.name-taken' });
      try {
        await db.commit(tx);
        return true;
      } catch (error) {
        if (error instanceof TxConflict) return false;
        throw error;
      }
    },
    all: async () => (await select.limit(MOST_TOKENS).execute()).map(toToken),
    async page(after, limit) {
      const rows = after === undefined ? select : select.where('id', '>', after);
      return (await rows.orderBy('id').limit(limit).execute()).map(toToken);
    },
    async get(id) {
      const [row] = await select.where('id', '=', id).execute();
      return row && toToken(row);
    },
    async revoke(id, at) {
      const tx = db.begin();
      const update = tables.updateTable('access_tokens').set({ revoked_at: at });
      db.add(tx, update.where('id', '=', id).where('revoked_at', 'is', null));
      await db.commit(tx);
    },
    async used(uses) {
      const tx = db.begin();
      for (const [id, at] of uses) {
        db.add(tx, tables.updateTable('access_tokens').set({ last_used_at: at }).where('id', '=', id));
      }
      await db.commit(tx);
    },
  };
}

function toRow(token: Token): Row {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    client_id: token.clientId,
    secret_hash: token.secretHash,
    created_at: token.createdAt,
    created_by: token.createdBy,
    revoked_at: token.revokedAt,
    last_used_at: token.lastUsedAt,
  };
}

function toToken(row: Row): Token {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    clientId: row.client_id,
    secretHash: row.secret_hash,
    createdAt: row.created_at,
    createdBy: row.created_by,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
