import type { Clock } from '../../kernel/clock.js';
import { AppError, invalidInput } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { Role } from '../../platform/http/request-context.js';
import { newTokenText } from './token.js';
import type { StoredToken, Token } from './token.js';
import { NAME_TAKEN, NOT_ACTIVE, createTokensRepository } from './tokens.repository.js';

export interface NewToken {
  name: string;
  role: Role;
  clientId?: string;
  createdBy: string;
}

/** Makes, lists and revokes tokens in the database. */
export interface TokenStore {
  /** Rejects with `access.name-taken` (conflict) or a 422. The text is not kept and cannot be shown again. */
  create(token: NewToken): Promise<{ token: Token; text: string }>;
  /** Newest first, revoked ones too. */
  list(): Promise<StoredToken[]>;
  /** By id or name. Rejects with `access.token-not-found`. */
  revoke(idOrName: string): Promise<void>;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

export function createTokenStore({ db, clock }: { db: Database; clock: Clock }): TokenStore {
  const repository = createTokensRepository(db);
  return {
    async create(input) {
      checkNewToken(input);
      const now = clock.now();
      const id = newUuid(now);
      const { text, secretHash } = newTokenText(id);
      const token: Token = {
        id,
        name: input.name,
        role: input.role,
        clientId: input.clientId ?? null,
        createdAt: now,
        createdBy: input.createdBy,
        revokedAt: null,
        lastUsedAt: null,
      };
      const tx = db.begin();
      repository.insert(tx, { ...token, secretHash });
      await db.commit(tx).catch((error: unknown) => {
        throw error instanceof TxConflict && error.reason === NAME_TAKEN ? nameTaken(input.name) : error;
      });
      return { token, text };
    },

    list: () => repository.all(),

    async revoke(idOrName) {
      const token = (await repository.all()).find(({ id, name }) => id === idOrName || name === idOrName);
      if (!token || token.revokedAt !== null) throw notFound();
      const tx = db.begin();
      repository.revoke(tx, token.id, clock.now());
      await db.commit(tx).catch((error: unknown) => {
        throw error instanceof TxConflict && error.reason === NOT_ACTIVE ? notFound() : error;
      });
    },
  };
}

function checkNewToken({ name, role, clientId }: NewToken): void {
  const errors = [];
  if (!NAME.test(name)) {
    errors.push({
      pointer: '/name',
      detail: 'must be 1 to 64 letters, digits or ._@-, beginning with a letter or digit',
    });
  }
  if (role === 'client' && clientId === undefined) {
    errors.push({ pointer: '/client_id', detail: 'must be there for the role client' });
  }
  if (role !== 'client' && clientId !== undefined) {
    errors.push({ pointer: '/client_id', detail: 'must be there for the role client alone' });
  }
  if (errors.length > 0) throw invalidInput(errors);
}

function nameTaken(name: string): AppError {
  return new AppError(`A token named ${name} exists already`, {
    code: 'access.name-taken',
    kind: 'conflict',
  });
}

function notFound(): AppError {
  return new AppError('No such active token', { code: 'access.token-not-found', kind: 'not-found' });
}
