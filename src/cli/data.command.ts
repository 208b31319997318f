import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { messageOf } from '../kernel/errors.js';
import { CliError, interrupted } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { wholeNumber } from './option-values.js';
import { startProgress } from './progress.js';

interface GenerateOptions {
  records: number;
  phones: number;
  seed: number;
  out: string;
  force?: true;
  json?: true;
}

export function registerData(program: Command): void {
  program
    .command('data')
    .description('the data that reports are made of')
    .command('generate')
    .description('write call attempts of made-up phones; equal options give equal files')
    .option('--records <count>', 'call attempts', wholeNumber(0, 10_000_000_000), 200_000)
    .option('--phones <count>', 'phones, numbered from 0', wholeNumber(1, Number.MAX_SAFE_INTEGER), 200)
    .option('--seed <number>', 'start of the random numbers', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('-o, --out <file>', 'file to write', 'data/data.json')
    .option('--force', 'replace a file that is there')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: GenerateOptions) => withInterrupt((signal) => runGenerate(options, signal)));
}

async function runGenerate(options: GenerateOptions, signal: AbortSignal): Promise<void> {
  const { records, phones, seed, out } = options;
  if (!options.force && existsSync(out)) {
    throw new CliError(`${out} is there already; --force replaces it`, EXIT.failed);
  }
  // Only here: the module's libraries would slow every other command's start.
  const { writeSampleData } = await import('../modules/reports/index.js');
  const progress = startProgress('bytes', records * 75);
  try {
    await writeSampleData(out, { records, phones, seed }, ({ bytesWritten, bytesTotal }) => {
      if (signal.aborted) throw interrupted();
      progress.update(bytesWritten, bytesTotal);
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${out} cannot be written: ${messageOf(error)}`, EXIT.failed);
  } finally {
    progress.stop();
  }
  const { size: bytes } = await stat(out);
  const text = `${records} call attempts of ${phones} phones in ${out} (${bytes} bytes)`;
  process.stdout.write(
    `${options.json ? JSON.stringify({ file: out, records, phones, seed, bytes }) : text}\n`,
  );
}

const EXAMPLES = `
Durations are uniform over 0 to 120 whole seconds. The file appears when it is whole.

Examples:
  $ switchyard data generate --records 2000000 --phones 200 --seed 7
  $ switchyard data generate --records 1000 --out /tmp/small.json --force`;
