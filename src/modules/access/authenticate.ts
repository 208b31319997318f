import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/clock.js';
import type { Principal } from '../../platform/http/request-context.js';
import { createFailedAttempts } from './failed-attempts.js';
import { clientAddress, isLoopbackRequest } from './loopback.js';
import type { TokenCache } from './token-cache.js';
import type { StoredToken } from './token.js';

export interface AuthenticateDeps {
  clock: Clock;
  tokens: TokenCache;
  /** False: AUTH=off, a closed network where everybody may do everything. */
  required: boolean;
  trustedProxies: BlockList;
}

export type Authenticate = (request: IncomingMessage) => Principal;

/**
 * Says who calls.
 *
 * | the request | its principal |
 * | a valid token, as `Authorization: Bearer …` or in the header `token` | that token's |
 * | a wrong, revoked or malformed token | 401; 429 after many |
 * | no token, none configured, surely from this machine | `loopback`, admin |
 * | no token otherwise | 401 |
 * | anything, with AUTH=off | `anonymous`, admin |
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const failed = createFailedAttempts(deps.clock);
  return (request) => {
    if (!deps.required) return { role: 'admin', name: 'anonymous' };
    if (!deps.tokens.loaded()) throw notYet();
    const text = tokenOf(request);
    if (text === undefined) return withoutToken(deps, request);
    const address = clientAddress(request, deps.trustedProxies);
    failed.check(address);
    const token = deps.tokens.find(text);
    if (token) return principalOf(token);
    failed.note(address);
    throw unauthenticated('The token is not valid');
  };
}

function withoutToken(deps: AuthenticateDeps, request: IncomingMessage): Principal {
  if (deps.tokens.any()) throw unauthenticated('A token is needed: Authorization: Bearer …');
  if (isLoopbackRequest(request)) return { role: 'admin', name: 'loopback' };
  throw unauthenticated('No tokens are configured, so only this machine itself is served');
}

function tokenOf(request: IncomingMessage): string | undefined {
  const { authorization, token } = request.headers;
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return Array.isArray(token) ? token[0] : token;
}

function principalOf({ name, role, clientId }: StoredToken): Principal {
  return clientId === null ? { name, role } : { name, role, clientId };
}

function unauthenticated(message: string): AppError {
  return new AppError(message, { code: 'access.unauthenticated', kind: 'unauthenticated' });
}

function notYet(): AppError {
  return new AppError('The service is starting', {
    code: 'service.starting',
    kind: 'unavailable',
    retryAfterS: 2,
  });
}
