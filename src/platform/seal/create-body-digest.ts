import { createHmac, hkdfSync } from 'node:crypto';
import type { BodyDigest } from '../../kernel/body-digest.js';
import { unknownKey } from './create-seal.js';
import type { SealKey } from './seal-keys.js';

const FORM = 'h1';
const KEYED = /^h1\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]{43}$/;
/** Keeps this key apart from the one that seals (RFC 5869, 3.2). */
const PURPOSE = 'switchyard idempotency body';
const KEY_BYTES = 32;

/**
 * HMAC-SHA-256 under a key derived from the first of `keys`, as text `h1.<key id>.<base64url>`; what any of them made is known
 * again. So is a plain SHA-256, as earlier versions stored. Without any key, `of` throws.
 */
export function createBodyDigest(keys: readonly SealKey[]): BodyDigest {
  const byId = new Map(keys.map(({ id, key }) => [id, derived(key)]));
  const [newest] = keys;

  function under(id: string, key: Buffer, hash: string): string {
    return `${FORM}.${id}.${createHmac('sha256', key).update(hash).digest('base64url')}`;
  }

  return {
    of(hash) {
      if (!newest) throw unknownKey('any');
      return under(newest.id, byId.get(newest.id)!, hash);
    },
    isOf(stored, hash) {
      const [, id] = KEYED.exec(stored) ?? [];
      if (id === undefined) return stored === hash;
      const key = byId.get(id);
      return key === undefined || stored === under(id, key, hash);
    },
  };
}

function derived(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64'), '', PURPOSE, KEY_BYTES));
}
