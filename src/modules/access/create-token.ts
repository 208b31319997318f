import type { Clock } from '../../kernel/clock.js';
import { AppError, invalidInput } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { newSecret, type Token, type TokenRole } from './token.js';
import type { TokensRepository } from './tokens.repository.js';

export interface NewToken {
  /** Unique for ever, revoked ones included: it is kept with every act. */
  name: string;
  role: TokenRole;
  /** Asked of `client` tokens, and of no others. */
  clientId?: string | undefined;
  createdBy: string;
}

export interface CreatedToken {
  token: Token;
  /** The token's text; nobody can show it again. */
  text: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$/;
const RESERVED = new Set(['loopback', 'anonymous', 'nobody']);

/** Makes a token. Throws a 422 for a bad name or client, `access.name-taken` for a name that was used. */
export async function createToken(
  { repository, clock }: { repository: Pick<TokensRepository, 'insert'>; clock: Clock },
  wanted: NewToken,
): Promise<CreatedToken> {
  check(wanted);
  const id = newUuid(clock.now());
  const { hash, text } = newSecret(id);
  const token: Token = {
    id,
    name: wanted.name,
    role: wanted.role,
    clientId: wanted.clientId ?? null,
    secretHash: hash,
    createdAt: clock.now(),
    createdBy: wanted.createdBy,
    revokedAt: null,
    lastUsedAt: null,
  };
  if (await repository.insert(token)) return { token, text };
  throw new AppError(`There is a token named ${wanted.name} already`, {
    code: 'access.name-taken',
    kind: 'conflict',
  });
}

function check({ name, role, clientId }: NewToken): void {
  if (!NAME.test(name) || RESERVED.has(name)) {
    const form =
      '1 to 64 letters, digits, spaces and . _ @ -, beginning with a letter or digit, and not reserved';
    throw invalidInput([{ pointer: '/name', detail: `must be ${form}` }]);
  }
  if ((role === 'client') === (clientId !== undefined)) return;
  const detail = role === 'client' ? 'is required for the role client' : 'is only for the role client';
  throw invalidInput([{ pointer: '/client_id', detail }]);
}
