import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import type { FailedAttempts } from './failed-attempts.js';
import type { KnownTokens } from './known-tokens.js';
import { tokenOf, type Token, type TokenRole } from './token.js';

/** Who calls. */
export interface Caller {
  role: TokenRole;
  name: string;
  clientId?: string;
}

export interface AuthenticationDeps {
  /** False: everyone is an admin (AUTH=off). */
  isOn: boolean;
  tokens: Pick<KnownTokens, 'current' | 'anyInForce' | 'used'>;
  failures: FailedAttempts;
  /** From this machine, to it by name, through no proxy. */
  isDirectLoopback(request: IncomingMessage): boolean;
  /** Sent by a browser for a page of another origin. */
  isForeignPage(request: IncomingMessage): boolean;
  addressOf(request: IncomingMessage): string;
}

export interface Authentication {
  /**
   * Who sent the request. Tokens are asked of everyone as soon as one is in force, of loopback too; until
   * then loopback alone is served. Throws `unauthenticated`, `forbidden`, `too-many` or `unavailable`.
   */
  authenticate: (request: IncomingMessage) => Caller;
  /** The same, but undefined for whoever is not let in: neither counted as a failed attempt nor told why. */
  recognise: (request: IncomingMessage) => Caller | undefined;
  /** The same for a token that came in another way than a header (the live channel). */
  authenticateText: (text: string | undefined, request: IncomingMessage) => Caller;
  /** Whether a caller that was let in earlier, on a connection that lasts, would be let in now. */
  holds: (caller: Pick<Caller, 'name' | 'role'>) => boolean;
}

const LOOPBACK = 'loopback';
const SAFE_METHODS = new Set(['GET', 'HEAD']);

export function createAuthentication(deps: AuthenticationDeps): Authentication {
  const { tokens, failures } = deps;
  let valid: { of: ReadonlyMap<Uuid, Token> | undefined; byText: Map<string, Token> } = {
    of: undefined,
    byText: new Map(),
  };

  function authenticateText(text: string | undefined, request: IncomingMessage): Caller {
    if (!deps.isOn) return anyone(request);
    const known = tokens.current();
    if (!known)
      throw new AppError('The service is starting', { code: 'access.starting', kind: 'unavailable' });
    if (!tokens.anyInForce()) return loopback(request);
    if (text === undefined) throw unauthenticated('A token is needed: Authorization: Bearer …');
    const token = validToken(text, known);
    if (!token) throw refused(request);
    return callerOf(token);
  }

  /**
   * The token that a text was found to be, for as long as the tokens are those of the same reading (3 s): a
   * client sends the same text again and again. Only valid texts are kept, so one for each token at most.
   */
  function validToken(text: string, known: ReadonlyMap<Uuid, Token>): Token | undefined {
    if (valid.of !== known) valid = { of: known, byText: new Map() };
    const before = valid.byText.get(text);
    if (before) return before;
    const token = tokenOf(text, known);
    if (token) valid.byText.set(text, token);
    return token;
  }

  function recognise(request: IncomingMessage): Caller | undefined {
    const known = deps.isOn && tokens.anyInForce() ? tokens.current() : undefined;
    if (!known) return quietly(() => authenticateText(undefined, request));
    const text = sentToken(request);
    const token = text === undefined ? undefined : validToken(text, known);
    return token && callerOf(token);
  }

  function callerOf(token: Token): Caller {
    tokens.used(token);
    const { role, name, clientId } = token;
    return clientId === null ? { role, name } : { role, name, clientId };
  }

  function anyone(request: IncomingMessage): Caller {
    if (!SAFE_METHODS.has(request.method ?? '') && deps.isForeignPage(request)) throw foreign();
    return { role: 'admin', name: 'anonymous' };
  }

  function loopback(request: IncomingMessage): Caller {
    if (!deps.isDirectLoopback(request)) {
      throw unauthenticated('No token is configured, so only this machine itself is served, without a proxy');
    }
    if (deps.isForeignPage(request)) throw foreign();
    return { role: 'admin', name: LOOPBACK };
  }

  function refused(request: IncomingMessage): AppError {
    const waitS = failures.add(deps.addressOf(request));
    if (waitS === undefined) return unauthenticated('The token is not valid');
    return new AppError('Too many invalid tokens from this address', {
      code: 'access.too-many-failures',
      kind: 'too-many',
      retryAfterS: waitS,
    });
  }

  function holds({ name, role }: Pick<Caller, 'name' | 'role'>): boolean {
    const known = tokens.current();
    if (!deps.isOn || !known) return true;
    if (!tokens.anyInForce()) return name === LOOPBACK;
    return [...known.values()].some(
      (token) => token.name === name && token.role === role && token.revokedAt === null,
    );
  }

  return {
    authenticateText,
    holds,
    authenticate: (request) => authenticateText(sentToken(request), request),
    recognise,
  };
}

/** Undefined where it throws: for ways that count nothing. */
function quietly(identify: () => Caller): Caller | undefined {
  try {
    return identify();
  } catch {
    return undefined;
  }
}

/** `Authorization: Bearer`, or the header `token`; where a browser asks for a page, the password of `Basic` too. */
function sentToken({ headers, method }: IncomingMessage): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic':
      if (!SAFE_METHODS.has(method ?? '')) break;
      return Buffer.from(value, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');
    default:
  }
  return headers.authorization ?? [headers['token']].flat()[0];
}

function unauthenticated(message: string): AppError {
  return new AppError(message, { code: 'access.unauthenticated', kind: 'unauthenticated' });
}

function foreign(): AppError {
  return new AppError('Pages of other origins are not served', {
    code: 'access.foreign-page',
    kind: 'forbidden',
  });
}
