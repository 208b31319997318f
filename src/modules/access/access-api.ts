import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import { createToken, type CreatedToken, type NewToken } from './create-token.js';
import type { KnownTokens } from './known-tokens.js';
import type { Token } from './token.js';
import type { TokensRepository } from './tokens.repository.js';

export interface AccessApi {
  /** In force here at once, at other replicas within 5 s. Rejects with a 422, `access.name-taken` or `access.too-many`. */
  create(wanted: NewToken): Promise<CreatedToken>;
  /** Oldest first, after the id; revoked ones too. */
  list(after: Uuid | undefined, limit: number): Promise<Token[]>;
  /** Rejects with `access.not-found`, also for a malformed id. */
  require(id: string): Promise<Token>;
  /** Idempotent. Rejects with `access.not-found`. */
  revoke(id: string, by: string): Promise<void>;
}

export interface AccessApiDeps {
  repository: TokensRepository;
  tokens: KnownTokens;
  clock: Clock;
  log: Logger;
  mostTokens: number;
  /** Tells other replicas. */
  changed(): void;
}

export function createAccessApi(deps: AccessApiDeps): AccessApi {
  const { repository, tokens, clock, log } = deps;

  async function require(id: string): Promise<Token> {
    const token = isUuid(id) ? await repository.get(id) : undefined;
    if (token) return token;
    throw new AppError('Token not found', { code: 'access.not-found', kind: 'not-found' });
  }

  async function seen(): Promise<void> {
    deps.changed();
    await tokens.refresh();
  }

  return {
    require,
    list: (after, limit) => repository.page(after, limit),
    async create(wanted) {
      if ((tokens.current()?.size ?? 0) >= deps.mostTokens) {
        throw new AppError(`There are ${deps.mostTokens} tokens already`, {
          code: 'access.too-many',
          kind: 'conflict',
        });
      }
      const created = await createToken(deps, wanted);
      await seen();
      log.info({ name: wanted.name, role: wanted.role, by: wanted.createdBy }, 'a token was made');
      return created;
    },
    async revoke(id, by) {
      const token = await require(id);
      await repository.revoke(token.id, clock.now());
      await seen();
      log.info({ name: token.name, role: token.role, by }, 'a token was revoked');
    },
  };
}
