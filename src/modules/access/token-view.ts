import { toRfc3339 } from '../../kernel/clock.js';
import type { Token } from './token.js';

/** What may be shown of a token. */
export interface TokenOut {
  id: string;
  name: string;
  role: 'admin' | 'operator' | 'viewer' | 'client';
  client_id: string | null;
  created_at: string;
  /** The token, or the way, by which it was made. */
  created_by: string;
  revoked_at: string | null;
  /** Within some minutes. */
  last_used_at: string | null;
}

export function viewOf(token: Token): TokenOut {
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
