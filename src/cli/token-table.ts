import Table from 'cli-table3';
import type { TokenOut } from '../modules/access/index.js';
import { readCliEnvironment } from './cli-environment.js';

export function tokenTable(tokens: readonly TokenOut[]): string {
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const table = new Table({
    head: ['Name', 'Role', 'Client', 'Made', 'By', 'Last used', 'Revoked', 'Id'],
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
  });
  for (const token of tokens) {
    const { name, role, client_id, created_at, created_by, last_used_at, revoked_at, id } = token;
    table.push([
      name,
      role,
      client_id ?? '',
      created_at,
      created_by,
      last_used_at ?? '',
      revoked_at ?? '',
      id,
    ]);
  }
  return table.toString();
}
