import { AppError } from '../kernel/errors.js';

/** The second: this user's share of it. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Whether it is for want of space that the system refused. */
export function lacksSpace(error: unknown): boolean {
  return FULL.includes((error as { code?: unknown } | undefined)?.code);
}

/** What passes as soon as there is space. */
export function noSpaceFor(what: string, cause: unknown): AppError {
  const message = `there is no space left on the disk for ${what}`;
  return new AppError(message, { code: 'start.disk-full', kind: 'unavailable', cause });
}
