import type { Request } from 'koa';
import { AppError } from '../../kernel/errors.js';

/** The type of `offered` (the first is the default) that the caller likes best. Throws a 406 for none. */
export function negotiate<T extends string>(request: Request, offered: readonly T[]): T {
  const best = request.accepts([...offered]);
  if (typeof best === 'string') return best as T;
  throw new AppError(`The answer can be ${offered.join(' or ')}`, {
    code: 'request.not-acceptable',
    kind: 'not-acceptable',
  });
}

/** Whether the answer is CSV rather than JSON, which is the default. Throws a 406 where neither is liked. */
export function acceptsCsv(request: Request): boolean {
  return negotiate(request, ['application/json', 'text/csv']) === 'text/csv';
}
