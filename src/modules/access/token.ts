import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Uuid } from '../../kernel/ids.js';
import type { Role } from '../../platform/http/request-context.js';

/** A token as it is stored: everything but the secret itself. */
export interface Token {
  id: Uuid;
  /** Unique among all tokens ever made; kept with every act. */
  name: string;
  role: Role;
  /** For role `client`: whose things it may see. */
  clientId: string | null;
  createdAt: number;
  createdBy: string;
  revokedAt: number | null;
  /** To the minute. */
  lastUsedAt: number | null;
}

export interface StoredToken extends Token {
  /** SHA-256 of the secret, hex. The secret has 256 random bits, so no slow hash is needed. */
  secretHash: string;
}

const FORM = /^swy_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** `swy_<id>_<secret>`: the id finds the row, the secret is compared. */
export function newTokenText(id: Uuid): { text: string; secretHash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { text: `swy_${id.replaceAll('-', '')}_${secret}`, secretHash: hashOf(secret) };
}

export function parseTokenText(text: string): { id: Uuid; secretHash: string } | undefined {
  const [, hex, secret] = FORM.exec(text) ?? [];
  if (hex === undefined || secret === undefined) return undefined;
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  return { id: id as Uuid, secretHash: hashOf(secret) };
}

/** Takes the same time whatever differs. */
export function sameHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
