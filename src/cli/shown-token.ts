import { toRfc3339 } from '../kernel/clock.js';
import type { Token } from '../modules/access/index.js';

export type ShownToken = ReturnType<typeof shownToken>;

/** What may be shown of a token. */
export function shownToken(token: Token) {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    client_id: token.clientId,
    created_at: toRfc3339(token.createdAt),
    created_by: token.createdBy,
    revoked_at: token.revokedAt === null ? null : toRfc3339(token.revokedAt),
    last_used_at: token.lastUsedAt === null ? null : toRfc3339(token.lastUsedAt),
  };
}
