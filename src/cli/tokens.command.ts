import { Option } from 'commander';
import type { Command } from 'commander';
import { loadConfig } from '../app/config.js';
import type { TokenRole } from '../modules/access/index.js';
import { ROLE_CHOICES } from './token-roles.js';

interface CreateOptions {
  role: TokenRole;
  client?: string;
  json?: true;
}

interface JsonOption {
  json?: true;
}

export function registerTokens(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('who may call: works on the configured database, beside a running service or without one');
  tokens
    .command('create <name>')
    .description('make a token and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLE_CHOICES).makeOptionMandatory())
    .option('--client <id>', 'whose own things a token of the role client sees')
    .option('--json', 'print the token and its properties as JSON')
    .addHelpText('after', EXAMPLES)
    .action(createOne);
  tokens
    .command('list')
    .description('list all tokens, revoked ones too, never their secrets')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(listAll);
  tokens
    .command('revoke <name>')
    .description('revoke a token by its name or id; a running service knows within seconds')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(revokeOne);
}

async function createOne(name: string, { role, client, json }: CreateOptions): Promise<void> {
  const { visitTokens, tokenViewOf } = await import('./service-tokens.js');
  const { token, text } = await visitTokens(loadConfig(), (tokens) => tokens.create(name, role, client));
  print(json, { ...tokenViewOf(token), token: text }, [text]);
}

async function listAll({ json }: JsonOption): Promise<void> {
  const { visitTokens, tokenViewOf } = await import('./service-tokens.js');
  const all = await visitTokens(loadConfig(), (tokens) => tokens.list());
  const { tokenTable } = await import('./token-table.js');
  print(json, all.map(tokenViewOf), [all.length > 0 ? tokenTable(all.map(tokenViewOf)) : 'no tokens']);
}

async function revokeOne(nameOrId: string, { json }: JsonOption): Promise<void> {
  const { visitTokens, tokenViewOf } = await import('./service-tokens.js');
  const token = await visitTokens(loadConfig(), (tokens) => tokens.revoke(nameOrId));
  print(json, tokenViewOf(token), [`revoked ${token.name} (${token.role})`]);
}

function print(json: true | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}

const EXAMPLES = `
Roles: viewer reads, operator also acts, admin also makes tokens, client sees its own things alone.

Examples:
  $ switchyard tokens create ci --role operator
  $ switchyard tokens create shop --role client --client 42
  $ switchyard tokens revoke ci`;
