import type { Selectable } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { Role } from '../../platform/http/request-context.js';
import type { StoredToken } from './token.js';

interface AccessSchema {
  access_tokens: {
    id: Uuid;
    name: string;
    role: Role;
    client_id: string | null;
    secret_hash: string;
    created_at: number;
    created_by: string;
    revoked_at: number | null;
    last_used_at: number | null;
  };
}

export const NAME_TAKEN = 'access.name-taken';
export const NOT_ACTIVE = 'access.not-active';
/** Tokens in all, revoked ones included; they are kept in memory. */
export const MOST_TOKENS = 10_000;

export type TokensRepository = ReturnType<typeof createTokensRepository>;

export function createTokensRepository(db: Database) {
  const schema = db.schema<AccessSchema>();
  return {
    /** All of them, newest first. */
    async all(): Promise<StoredToken[]> {
      const rows = await schema
        .selectFrom('access_tokens')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(MOST_TOKENS)
        .execute();
      return rows.map(fromRow);
    },
    insert(tx: Tx, token: StoredToken): void {
      const insert = schema
        .insertInto('access_tokens')
        .values({
          id: token.id,
          name: token.name,
          role: token.role,
          client_id: token.clientId,
          secret_hash: token.secretHash,
          created_at: token.createdAt,
          created_by: token.createdBy,
          revoked_at: null,
          last_used_at: null,
        })
        .onConflict((conflict) => conflict.column('name').doNothing());
      db.add(tx, insert, { rows: 1, otherwise: NAME_TAKEN });
    },
    revoke(tx: Tx, id: Uuid, now: number): void {
      const update = schema
        .updateTable('access_tokens')
        .set({ revoked_at: now })
        .where('id', '=', id)
        .where('revoked_at', 'is', null);
      db.add(tx, update, { rows: 1, otherwise: NOT_ACTIVE });
    },
    used(tx: Tx, id: Uuid, now: number): void {
      db.add(tx, schema.updateTable('access_tokens').set({ last_used_at: now }).where('id', '=', id));
    },
  };
}

function fromRow(row: Selectable<AccessSchema['access_tokens']>): StoredToken {
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
