import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database } from '../../platform/db/database.js';
import { createClientAddresses } from '../../platform/http/client-address.js';
import { isDirectLoopback, isForeignPage, isLoopbackName } from '../../platform/http/loopback.js';
import { createAccessApi } from './access-api.js';
import { createAuthentication } from './authentication.js';
import { createFailedAttempts } from './failed-attempts.js';
import { makeFirstToken } from './first-token.js';
import { createKnownTokens } from './known-tokens.js';
import { TokensController } from './tokens.controller.js';
import { accessMigrations } from './tokens.migrations.js';
import { createTokensRepository, MOST_TOKENS } from './tokens.repository.js';

export type { AccessApi } from './access-api.js';
export type { Authentication, Caller } from './authentication.js';
export type { CreatedToken, NewToken } from './create-token.js';
export { TOKEN_ROLES, type Token, type TokenRole } from './token.js';
export { viewOf as tokenViewOf, type TokenOut } from './token-view.js';
export { accessMigrations } from './tokens.migrations.js';

export interface AccessConfig {
  /** False: whoever reaches the listener is an admin. For closed networks; never a default. */
  auth: boolean;
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed. Default: none. */
  trustProxy: readonly string[];
  /** The listener's, to tell whether others can reach it. */
  host: string;
}

export interface AccessDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  config: AccessConfig;
}

const CHANGED = 'access-tokens';

/** Who may call: tokens, or loopback while there are none. */
export function createAccess({ db, clock, log, config }: AccessDeps) {
  const repository = createTokensRepository(db);
  const tokens = createKnownTokens({ repository, clock, log });
  const changed = (): void => db.nudge(CHANGED);
  const api = createAccessApi({ repository, tokens, clock, log, changed, mostTokens: MOST_TOKENS });
  const addresses = createClientAddresses(config.trustProxy);
  const { authenticate, authenticateText, recognise, holds } = createAuthentication({
    isOn: config.auth,
    tokens,
    failures: createFailedAttempts(clock),
    // Behind a proxy of ours nobody is at this machine, whatever headers the proxy leaves out.
    isDirectLoopback: (request) => isDirectLoopback(request) && !addresses.isProxied(request),
    isForeignPage,
    addressOf: (request) => addresses.of(request),
  });
  let unsubscribe: (() => void) | undefined;
  return {
    name: 'access',
    migrations: accessMigrations,
    controllers: [new TokensController(api)],
    api,
    authenticate,
    authenticateText,
    recognise,
    holds,
    /** After `start`: where others can reach the listener and no token is in force, the text of a new admin token. */
    ensureFirstToken: (): Promise<string | null> =>
      config.auth && !isLoopbackName(config.host) ? makeFirstToken(api, tokens) : Promise.resolve(null),
    /** Reads the tokens; until then callers are told to wait. */
    async start(): Promise<void> {
      if (unsubscribe) return;
      unsubscribe = db.onNudge(CHANGED, () => void tokens.refresh().catch(() => undefined)); // the next reading comes soon
      await tokens.start();
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      await tokens.stop();
    },
  };
}
