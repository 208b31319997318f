import type { Command } from 'commander';
import { ConfigError } from '../app/config-error.js';
import { readCliEnvironment } from './cli-environment.js';
import { CliError } from './cli-error.js';
import type { Finding } from './doctor/finding.js';
import { findingLines, overall } from './doctor/findings-text.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

interface DoctorOptions {
  json?: true;
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check configuration, broker, database, cache, disk and data file, and say what to do')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const { findings, exitCode } = await examine();
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const text = options.json
    ? JSON.stringify({ status: overall(findings), checks: findings })
    : findingLines(findings, { color }).join('\n');
  process.stdout.write(`${text}\n`);
  const wrong = [...new Set(findings.filter(({ status }) => status === 'fail').map(({ check }) => check))];
  if (wrong.length > 0) throw new CliError(`wrong: ${wrong.join(', ')}`, exitCode);
}

/** Without a configuration there is nothing else to look at. */
async function examine(): Promise<{ findings: Finding[]; exitCode: ExitCode }> {
  // Only here: the service's libraries would slow every other command's start.
  const { examineConfigured, configurationFindings } = await import('./doctor/examine.js');
  try {
    return { findings: await examineConfigured(), exitCode: EXIT.failed };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: configurationFindings(error), exitCode: EXIT.configuration };
  }
}

const EXAMPLES = `
Reads the configuration of the service and changes nothing, beside a running service or without one. Warnings
leave the exit code at 0.

Examples:
  $ switchyard doctor
  $ switchyard doctor --json | jq '.checks[] | select(.status != "ok")'`;
