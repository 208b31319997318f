import { expect } from 'chai';
import { AppError } from '../../src/kernel/errors.js';

/** What `promise` rejects with; fails where it does not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`it did not fail but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

/** The named error that `promise` rejects with; fails where it does not, or with another. */
export async function appErrorOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await failureOf(promise);
  expect(error).to.be.instanceOf(AppError);
  return error as AppError;
}
