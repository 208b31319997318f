/** A body that was serialised before: sent as it is, with its type. */
export class Serialized {
  constructor(
    readonly contentType: string,
    readonly body: string | Buffer,
  ) {}
}

/**
 * Lets a controller method that declares `T` for the documentation return what is already text.
 * The caller vouches that the text is a `T`.
 */
export function serialized<T>(contentType: string, body: string | Buffer): T {
  return new Serialized(contentType, body) as T;
}
