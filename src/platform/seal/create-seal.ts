import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError } from '../../kernel/errors.js';
import { pooledRandomBytes } from '../../kernel/random-pool.js';
import type { Seal } from '../../kernel/seal.js';
import type { SealKey } from './seal-keys.js';

const FORM = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^s1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{38,})$/;

/**
 * AES-256-GCM: the first of `keys` seals, each of them opens what it sealed. What is sealed is text, `s1.<key id>.<base64url of
 * nonce, tag and ciphertext>`; form, key id and context are authenticated with it. Without any key, sealing throws.
 */
export function createSeal(keys: readonly SealKey[]): Seal {
  const byId = new Map(keys.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
  const [newest] = keys;

  return {
    seal(plain, context) {
      if (!newest) throw unknownKey('any');
      const nonce = pooledRandomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', byId.get(newest.id)!, nonce);
      cipher.setAAD(bound(newest.id, context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const bytes = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
      return `${FORM}.${newest.id}.${bytes.toString('base64url')}`;
    },
    open(sealed, context) {
      const [, id, text] = SEALED.exec(sealed) ?? [];
      if (id === undefined || text === undefined) throw broken();
      const key = byId.get(id);
      if (!key) throw unknownKey(id);
      const bytes = Buffer.from(text, 'base64url');
      const body = NONCE_BYTES + TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(bound(id, context)).setAuthTag(bytes.subarray(NONCE_BYTES, body));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]).toString('utf8');
      } catch {
        throw broken();
      }
    },
  };
}

function bound(id: string, context: string): Buffer {
  return Buffer.from(`${FORM}.${id}.${context}`);
}

export function unknownKey(id: string): AppError {
  const message = `A secret was sealed with the key "${id}", which is not among the keys of this process`;
  return new AppError(message, { code: 'seal.key-unknown', kind: 'invalid' });
}

function broken(): AppError {
  return new AppError('A sealed secret is damaged', { code: 'seal.broken', kind: 'invalid' });
}
