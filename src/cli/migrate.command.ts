import type { Command } from 'commander';
import { loadConfig } from '../app/config.js';

interface MigrateOptions {
  json?: true;
}

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the configured database up to date (a start of the service does the same)')
    .option('--json', 'print the migrations that were applied as JSON')
    .addHelpText('after', EXAMPLES)
    .action(runMigrate);
}

async function runMigrate({ json }: MigrateOptions): Promise<void> {
  const config = loadConfig();
  const { visitDatabase } = await import('./service-database.js');
  const applied = await visitDatabase(config, (visit) => Promise.resolve(visit.applied));
  const lines = applied.length > 0 ? applied.map((id) => `applied ${id}`) : ['up to date'];
  process.stdout.write(json ? `${JSON.stringify({ applied })}\n` : `${lines.join('\n')}\n`);
}

const EXAMPLES = `
Examples:
  $ switchyard migrate
  $ DATABASE_URL_FILE=/run/secrets/database_url switchyard migrate --json`;
