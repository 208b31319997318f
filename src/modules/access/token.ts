import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isUuid, type Uuid } from '../../kernel/ids.js';

export const TOKEN_ROLES = ['admin', 'operator', 'viewer', 'client'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** A token as it is kept: its secret only as a hash. Times are epoch ms. */
export interface Token {
  id: Uuid;
  name: string;
  role: TokenRole;
  /** Whose own things a `client` token sees. */
  clientId: string | null;
  secretHash: Buffer;
  createdAt: number;
  createdBy: string;
  revokedAt: number | null;
  /** Within some minutes. */
  lastUsedAt: number | null;
}

const SECRET_BYTES = 32;
const TEXT = /^swy_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/;
const NO_HASH = Buffer.alloc(32);

export interface NewSecret {
  hash: Buffer;
  /** What its owner sends; shown once. */
  text: string;
}

export function newSecret(id: Uuid): NewSecret {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { hash: hashOf(secret), text: `swy_${id}_${secret}` };
}

/**
 * The token that a text is, where it is one of `tokens` and not revoked. An unknown id takes the
 * same steps as a wrong secret. One round of SHA-256 is enough: the secret is 256 random bits.
 */
export function tokenOf(text: string, tokens: ReadonlyMap<Uuid, Token>): Token | undefined {
  const [, id = '', secret = ''] = TEXT.exec(text) ?? [];
  const token = isUuid(id) ? tokens.get(id) : undefined;
  const matches = timingSafeEqual(hashOf(secret), token?.secretHash ?? NO_HASH);
  return token && matches && token.revokedAt === null ? token : undefined;
}

function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
