import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import type { ApiReport } from './api-types.js';
import { awaitTask } from './await-task.js';
import { readCliEnvironment } from './cli-environment.js';
import { addClientOptions, serviceOf } from './client-options.js';
import type { ClientOptions } from './client-options.js';
import { withInterrupt } from './interrupt.js';
import { instant, phoneList } from './option-values.js';
import { startSpinner } from './progress.js';
import { reportTable } from './report-table.js';

interface ReportOptions extends ClientOptions {
  phones: number[];
  from?: string | number;
  to?: string | number;
  csv?: true;
  json?: true;
}

export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .description('ask for a report on call attempts, wait for it and show it')
    .requiredOption('-p, --phones <list>', 'phones and ranges of phones: 1,2,5-9', phoneList)
    .option(
      '--from <time>',
      'only attempts that started at this time or later (RFC 3339, or epoch ms)',
      instant,
    )
    .option('--to <time>', 'only attempts that started before this time', instant);
  addClientOptions(command)
    .option('--csv', 'print CSV')
    .option('--json', "print the service's JSON as it is")
    .addHelpText('after', EXAMPLES)
    .action((options: ReportOptions) => withInterrupt((signal) => runReport(options, signal)));
  command.options.find((option) => option.long === '--csv')?.conflicts('json');
}

async function runReport(options: ReportOptions, signal: AbortSignal): Promise<void> {
  const client = new ApiClient({ ...serviceOf(options), signal });
  const spinner = startSpinner('asking for the report');
  try {
    const id = await requestReport(client, options);
    const onStatus = (status: string): void => spinner.say(`task ${id}: ${status.replace('_', ' ')}`);
    await awaitTask(client, id, { timeoutMs: options.timeout * 1000, signal, onStatus });
    const text = await client.reportText(id, options.csv ? 'text/csv' : 'application/json');
    spinner.stop();
    process.stdout.write(shown(text, options));
  } finally {
    spinner.stop();
    await client.close();
  }
}

async function requestReport(client: ApiClient, { phones, from, to }: ReportOptions): Promise<string> {
  const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const key = randomUUID();
  return client.createReport({ numbers: phones, correlation_id: key, ...period }, key);
}

function shown(text: string, { csv, json }: ReportOptions): string {
  if (csv || json) return text.endsWith('\n') ? text : `${text}\n`;
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  return `${reportTable(JSON.parse(text) as ApiReport, { color })}\n`;
}

const EXAMPLES = `
Examples:
  $ switchyard report --phones 1,2,3
  $ switchyard report -p 0-199 --from 2023-05-01T00:00:00Z --to 2023-06-01T00:00:00Z --csv > may.csv
  $ switchyard report -p 17 --json | jq .data`;
