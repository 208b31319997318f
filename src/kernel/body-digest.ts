/** Knows the body of a request again, without keeping anything from which a secret in it could be guessed. */
export interface BodyDigest {
  /** What is stored. @param hash the body's SHA-256 */
  of: (hash: string) => string;
  /**
   * Whether something stored is of the same body. Where the key that it was made with is not among ours that cannot be told,
   * and it counts as the same: an Idempotency-Key names one call, and to do that twice would be worse.
   */
  isOf: (stored: string, hash: string) => boolean;
}
