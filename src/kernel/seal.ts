/** Keeps secrets that have to be stored: what is sealed tells nothing without the key, and cannot be changed unseen. */
export interface Seal {
  /** @param context what the secret belongs to; it opens for the same context only */
  seal: (plain: string, context: string) => string;
  /** Throws `AppError` `seal.key-unknown` where its key is not among ours, `seal.broken` where it is not what was sealed. */
  open: (sealed: string, context: string) => string;
}
