import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database } from '../../platform/db/database.js';
import { accessMigrations } from './access.migrations.js';
import { createAuthenticate } from './authenticate.js';
import { isLoopbackHost, networkList } from './loopback.js';
import { createTokenCache } from './token-cache.js';
import { createTokenStore } from './token-store.js';
import type { NewToken, TokenStore } from './token-store.js';
import { TokensController } from './tokens.controller.js';

export { accessMigrations } from './access.migrations.js';
export { createTokenStore } from './token-store.js';
export type { NewToken, TokenStore } from './token-store.js';
export type { Token } from './token.js';

export interface AccessConfig {
  /** False: AUTH=off. */
  auth: boolean;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustProxy: readonly string[];
  /** Where the service listens. */
  host: string;
}

export interface AccessDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  config: AccessConfig;
}

export type AccessApi = Pick<TokenStore, 'create' | 'list' | 'revoke'>;

/** Who may call: tokens, their roles, and the rule for this machine itself. */
export function createAccess(deps: AccessDeps) {
  const { config } = deps;
  const store = createTokenStore(deps);
  const tokens = createTokenCache(deps);

  const api: AccessApi = {
    list: () => store.list(),
    async create(token: NewToken) {
      const created = await store.create(token);
      await tokens.reload();
      return created;
    },
    async revoke(idOrName) {
      await store.revoke(idOrName);
      await tokens.reload();
    },
  };

  return {
    name: 'access',
    api,
    migrations: accessMigrations,
    controllers: [new TokensController(api)],
    authenticate: createAuthenticate({
      clock: deps.clock,
      tokens,
      required: config.auth,
      trustedProxies: networkList(config.trustProxy),
    }),
    /**
     * Makes an admin token where there is none and the service listens for other machines; its text is returned
     * this once. Of two replicas that start together one makes it.
     */
    async ensureFirstToken(): Promise<string | null> {
      if (!config.auth || tokens.any() || isLoopbackHost(config.host)) return null;
      try {
        return (await api.create({ name: 'first-admin', role: 'admin', createdBy: 'start' })).text;
      } catch (error) {
        if (error instanceof AppError && error.code === 'access.name-taken') return null;
        throw error;
      }
    },
    start: () => tokens.start(),
    stop: () => tokens.stop(),
  };
}
