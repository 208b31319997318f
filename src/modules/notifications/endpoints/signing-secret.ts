import { randomBytes } from 'node:crypto';

/** The form in which Standard Webhooks writes its secrets. */
const PREFIX = 'whsec_';
const BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(BYTES).toString('base64')}`;
}

/** Whether a text is a secret by Standard Webhooks 1.0: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(text: string): boolean {
  const encoded = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || encoded.length % 4 !== 0 || !BASE64.test(encoded)) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}
