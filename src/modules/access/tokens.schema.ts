import type { Uuid } from '../../kernel/ids.js';
import type { TokenRole } from './token.js';

export interface AccessSchema {
  access_tokens: {
    id: Uuid;
    name: string;
    role: TokenRole;
    client_id: string | null;
    secret_hash: Buffer;
    created_at: number;
    created_by: string;
    revoked_at: number | null;
    last_used_at: number | null;
  };
}
