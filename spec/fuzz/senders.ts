import { RestClient } from '../support/rest-client.js';

export type SenderRole = 'admin' | 'operator' | 'viewer' | 'client' | 'none';

/** Who sends an input: the header that says so, and what it may do. */
export interface Sender {
  readonly role: SenderRole;
  readonly header?: readonly [name: string, value: string];
}

const RANK: Readonly<Record<string, number>> = { viewer: 1, operator: 2, admin: 3 };
const ROLES = ['admin', 'operator', 'viewer', 'client'] as const;
const JUNK_TOKENS = [
  'x',
  'Bearer',
  'Bearer x',
  'Bearer  x y',
  'Basic YTpi',
  'Basic !!',
  'sw_x',
  '',
  'é',
  'x'.repeat(3_000),
];

/** Whether a role is enough for one of those that a call names. */
export function mayCall(role: SenderRole, roles: readonly string[]): boolean {
  if (role === 'client') return roles.includes('client');
  return roles.some((least) => least !== 'client' && (RANK[role] ?? 0) >= RANK[least]!);
}

/**
 * Makes a token of each role, and tells the ids that no input may revoke. From then on tokens are asked of everyone.
 * Admins send most, so that inputs come far; a tenth has no token, or junk.
 */
export async function sendersWithTokens(url: string): Promise<{ senders: Sender[]; ids: Set<string> }> {
  const ids = new Set<string>();
  const texts = new Map<SenderRole, string>();
  let admin: Readonly<Record<string, string>> = {};
  for (const role of ROLES) {
    const body = { name: `fuzz-${role}`, role, ...(role === 'client' ? { client_id: 'fuzz' } : {}) };
    const answer = await new RestClient(url, admin).post('/api/v1/tokens', { body });
    const { id, token } = answer.body as { id: string; token: string };
    ids.add(id);
    texts.set(role, token);
    if (role === 'admin') admin = { authorization: `Bearer ${token}` };
  }
  const bearer = (role: SenderRole): Sender => ({
    role,
    header: ['Authorization', `Bearer ${texts.get(role)!}`],
  });
  const junk = JUNK_TOKENS.map((text): Sender => ({ role: 'none', header: ['Authorization', text] }));
  const senders = [
    ...Array.from({ length: 60 }, () => bearer('admin')),
    ...Array.from({ length: 10 }, () => bearer('operator')),
    ...Array.from({ length: 10 }, () => bearer('viewer')),
    ...Array.from({ length: 5 }, () => bearer('client')),
    { role: 'admin' as const, header: ['token', texts.get('admin')!] as const },
    { role: 'none' as const },
    { role: 'none' as const, header: ['token', texts.get('admin')!.slice(1)] as const },
    ...junk,
  ];
  return { senders, ids };
}
