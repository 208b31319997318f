import type { Request } from 'koa';
import { invalidInput } from '../../kernel/errors.js';

const WAIT = /(?:^|,)[ \t]*wait[ \t]*(?:=[ \t]*([^,; \t]*))?[ \t]*(?=$|[,;])/gi;
const LONGEST_WAIT_S = 60;

/**
 * Seconds asked for by `Prefer: wait=N` (1 to 60), undefined where it is not. Preferences that we do not
 * know are ignored; a `wait` that is out of bounds is a 422 rather than a wait that nobody meant.
 */
export function preferredWaitS(request: Request): number | undefined {
  const matches = [...request.get('Prefer').slice(0, 1000).matchAll(WAIT)];
  const text = matches[0]?.[1]?.replaceAll('"', '');
  if (matches.length === 0) return undefined;
  if (text && /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_WAIT_S)
    return Number(text);
  const detail = `wait must be a whole number from 1 to ${LONGEST_WAIT_S}`;
  throw invalidInput([{ pointer: '/header/prefer', detail }]);
}
