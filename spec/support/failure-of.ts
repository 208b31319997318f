import { expect } from 'chai';

/** What `promise` rejects with; fails where it does not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`it did not fail but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}
