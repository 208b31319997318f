import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { awaitTask } from './await-task.js';
import { addClientOptions, serviceOf } from './client-options.js';
import type { ClientOptions } from './client-options.js';
import { finishRun } from './finish-run.js';
import { withInterrupt } from './interrupt.js';
import { jobPhonesOption, wholeNumber } from './option-values.js';
import { startProgress } from './progress.js';
import { runJobs } from './run-jobs.js';
import type { JobOutcome } from './run-jobs.js';

interface LoadOptions extends ClientOptions {
  concurrency: number;
  number: number;
  phones: number[];
  wait?: true;
  json?: true;
}

/** The longest `Prefer: wait` that the service takes. */
const WAIT_S = 60;
const CALL_TIMEOUT_MS = (WAIT_S + 30) * 1000;

export function registerLoad(program: Command): void {
  addClientOptions(program.command('load').description('ask for many reports at once, and measure'))
    .option('-c, --concurrency <jobs>', 'jobs at a time', wholeNumber(1, 10_000), 10)
    .option('-n, --number <jobs>', 'jobs in all', wholeNumber(1, 10_000_000), 100)
    .addOption(jobPhonesOption())
    .option('--wait', 'take the report in the answer to the request (Prefer: wait) instead of asking for it')
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: LoadOptions) => withInterrupt((signal) => runLoad(options, signal)));
}

async function runLoad(options: LoadOptions, signal: AbortSignal): Promise<void> {
  const { concurrency, number: count } = options;
  const client = new ApiClient({
    ...serviceOf(options),
    connections: concurrency,
    timeoutMs: CALL_TIMEOUT_MS,
    signal,
  });
  const progress = startProgress('reports', count);
  try {
    const onDone = (done: number): void => progress.update(done);
    const run = await runJobs(() => runJob(client, options, signal), { count, concurrency, signal, onDone });
    progress.stop();
    finishRun(run, count, { json: options.json === true });
  } finally {
    progress.stop();
    await client.close();
  }
}

async function runJob(client: ApiClient, options: LoadOptions, signal: AbortSignal): Promise<JobOutcome> {
  const start = performance.now();
  const key = randomUUID();
  const request = { numbers: options.phones, correlation_id: key };
  const outcome = (durationS: number): JobOutcome => ({ latencyMs: performance.now() - start, durationS });
  if (options.wait) {
    const answer = await client.createReportAndWait(request, key, WAIT_S);
    if ('report' in answer) return outcome(answer.report.total_duration);
    return outcome(await durationOf(client, answer.taskId, options, signal));
  }
  return outcome(await durationOf(client, await client.createReport(request, key), options, signal));
}

async function durationOf(
  client: ApiClient,
  id: string,
  { timeout }: LoadOptions,
  signal: AbortSignal,
): Promise<number> {
  await awaitTask(client, id, { timeoutMs: timeout * 1000, signal });
  return (await client.report(id)).total_duration;
}

const EXAMPLES = `
Examples:
  $ switchyard load
  $ switchyard load -u https://reports.example:8443 -c 50 -n 1000 -p 1-100
  $ switchyard load -n 10000 --wait --json | jq .p99_ms`;
