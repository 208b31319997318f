import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';

/**
 * Throws where a browser asks for a page of another host that the configuration does not name: cookies and the
 * loopback rule would otherwise work for any page that somebody has open. Programs send no origin.
 */
export function requireAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): void {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin.toLowerCase())) return;
  if (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()) return;
  throw new AppError('Pages of this origin are not served', {
    code: 'live.foreign-origin',
    kind: 'forbidden',
  });
}
