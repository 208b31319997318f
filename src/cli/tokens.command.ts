import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import Table from 'cli-table3';
import { loadConfig } from '../app/config.js';
import { withTokens } from '../app/maintenance.js';
import { toRfc3339 } from '../kernel/clock.js';
import { TOKEN_ROLES } from '../modules/access/index.js';
import type { AccessApi, Token, TokenRole } from '../modules/access/index.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { maintenanceDeps } from './maintenance-deps.js';

interface JsonOption {
  json?: true;
}

interface CreateOptions extends JsonOption {
  role: TokenRole;
  client?: string;
}

const PAGE = 1_000;

export function registerTokens(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('who may call; works on the configured database, beside a running service too')
    .addHelpText('after', EXAMPLES);
  tokens
    .command('create <name>')
    .description('make a token and print it, this once')
    .addOption(new Option('-r, --role <role>', 'what it may do').choices(TOKEN_ROLES).makeOptionMandatory())
    .option('--client <id>', 'whose things it may see, for the role client')
    .option('--json', 'print JSON')
    .action(runCreate);
  tokens
    .command('list')
    .description('all tokens, revoked ones too, without their secrets')
    .option('--json', 'print JSON')
    .action(runList);
  tokens
    .command('revoke <name-or-id>')
    .description('refuse a token from now on (a running service within 5 s)')
    .action(runRevoke);
}

async function runCreate(name: string, { role, client, json }: CreateOptions): Promise<void> {
  const createdBy = `cli:${userInfo().username}`;
  const wanted = { name, role, createdBy, ...(client !== undefined && { clientId: client }) };
  const { token, text } = await work((access) => access.create(wanted));
  if (json) process.stdout.write(`${JSON.stringify({ ...present(token), token: text })}\n`);
  else process.stdout.write(`${text}\n`);
}

async function runList({ json }: JsonOption): Promise<void> {
  const tokens = await work(allTokens);
  if (json) {
    process.stdout.write(`${JSON.stringify({ items: tokens.map(present) })}\n`);
    return;
  }
  const table = new Table({
    head: ['name', 'role', 'client', 'created', 'by', 'last used', 'revoked'],
    style: { head: [], border: [] },
  });
  for (const token of tokens) {
    const { name, role, client_id, created_at, created_by, last_used_at, revoked_at } = present(token);
    table.push([name, role, client_id ?? '', created_at, created_by, last_used_at ?? '', revoked_at ?? '']);
  }
  process.stdout.write(
    tokens.length === 0 ? 'No tokens: only this machine itself is served.\n' : `${table.toString()}\n`,
  );
}

async function runRevoke(nameOrId: string): Promise<void> {
  await work(async (access) => {
    const token = (await allTokens(access)).find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!token) throw new CliError(`no token is named ${nameOrId}`, EXIT.failed);
    await access.revoke(token.id, `cli:${userInfo().username}`);
  });
  process.stdout.write(`${nameOrId} is revoked.\n`);
}

function work<T>(act: (access: AccessApi) => Promise<T>): Promise<T> {
  return withTokens(maintenanceDeps(loadConfig()), act);
}

async function allTokens(access: AccessApi): Promise<Token[]> {
  const tokens: Token[] = [];
  for (;;) {
    const page = await access.list(tokens.at(-1)?.id, PAGE);
    tokens.push(...page);
    if (page.length < PAGE) return tokens;
  }
}

function present(token: Token) {
  const time = (ms: number | null): string | null => (ms === null ? null : toRfc3339(ms));
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    client_id: token.clientId,
    created_at: toRfc3339(token.createdAt),
    created_by: token.createdBy,
    last_used_at: time(token.lastUsedAt),
    revoked_at: time(token.revokedAt),
  };
}

const EXAMPLES = `
Examples:
  $ switchyard tokens create billing --role operator
  $ switchyard tokens list --json
  $ switchyard tokens revoke billing`;
