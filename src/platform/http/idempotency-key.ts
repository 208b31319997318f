import type { Request } from 'koa';
import { invalidInput } from '../../kernel/errors.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key`, where there is one. Throws a 422 unless it is 1 to 255 visible characters. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw invalidInput([{ pointer: '/header/idempotency-key', detail: 'must be 1 to 255 visible characters' }]);
}
