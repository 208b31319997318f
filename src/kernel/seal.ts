/** Keeps secrets that have to be stored: what is sealed tells nothing without the key, and cannot be changed unseen. */
export interface Seal {
  /** @param context what the secret belongs to; it opens for the same context only */
  seal: (plain: string, context: string) => string;
  /** Throws `AppError` `seal.key-unknown` where its key is not among ours, `seal.broken` where it is not what was sealed. */
  open: (sealed: string, context: string) => string;
}

const MESSAGE = 'message';

/** The bytes of a message's body, sealed. */
export function sealBody(seal: Seal, body: Buffer): Buffer {
  return Buffer.from(seal.seal(body.toString('latin1'), MESSAGE));
}

/** The other way round; throws as `open`. */
export function openBody(seal: Seal, sealed: Buffer): Buffer {
  return Buffer.from(seal.open(sealed.toString('latin1'), MESSAGE), 'latin1');
}
