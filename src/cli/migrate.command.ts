import type { Command } from 'commander';
import { loadConfig } from '../app/config.js';
import { migrateDatabase } from '../app/maintenance.js';
import { maintenanceDeps } from './maintenance-deps.js';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the configured database up to date (the service does so itself at its start)')
    .option('--json', 'print the applied migrations as JSON')
    .addHelpText('after', EXAMPLES)
    .action(runMigrate);
}

async function runMigrate({ json }: { json?: true }): Promise<void> {
  const applied = await migrateDatabase(maintenanceDeps(loadConfig()));
  if (json) process.stdout.write(`${JSON.stringify({ applied })}\n`);
  else if (applied.length === 0) process.stdout.write('The database is up to date.\n');
  else process.stdout.write(`Applied ${applied.length}:\n${applied.map((id) => `  ${id}\n`).join('')}`);
}

const EXAMPLES = `
Examples:
  $ switchyard migrate
  $ DATABASE_URL_FILE=/run/secrets/db switchyard migrate --json`;
