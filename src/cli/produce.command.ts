import { Option } from 'commander';
import type { Command } from 'commander';
import { loadConfig } from '../app/config.js';
import { amqpUrl } from './addresses.js';
import { connectToRabbit } from './amqp-connection.js';
import { CliError } from './cli-error.js';
import { timeoutOption } from './client-options.js';
import { EXIT } from './exit-codes.js';
import { finishRun } from './finish-run.js';
import { withInterrupt } from './interrupt.js';
import { generatedMessages, readMessages } from './job-messages.js';
import type { JobMessage } from './job-messages.js';
import { jobPhonesOption, wholeNumber } from './option-values.js';
import { Producer } from './producer.js';
import { startProgress } from './progress.js';
import { runJobs } from './run-jobs.js';

interface ProduceOptions {
  messages?: string;
  number: number;
  phones: number[];
  concurrency: number;
  amqp?: string;
  in?: string;
  out?: string;
  drainOut?: true;
  timeout: number;
  json?: true;
}

export function registerProduce(program: Command): void {
  program
    .command('produce')
    .description('ask for reports through RabbitMQ, wait for the answers, and measure')
    .addOption(messagesOption())
    .option('-n, --number <messages>', 'messages to send', wholeNumber(1, 10_000_000), 100)
    .addOption(jobPhonesOption())
    .option('-c, --concurrency <messages>', 'messages in flight at a time', wholeNumber(1, 50_000), 1000)
    .option(
      '--amqp <url>',
      'RabbitMQ (default: AMQP_URL, as for the service, which others do not see)',
      amqpUrl,
    )
    .option('--in <queue>', 'queue to send to (default: QUEUE_TASK_REPORT)')
    .option('--out <queue>', 'queue that --drain-out reads (default: QUEUE_READY_REPORT)')
    .option('--drain-out', 'read the answers from the out queue, not from a private one')
    .addOption(timeoutOption())
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: ProduceOptions) => withInterrupt((signal) => runProduce(options, signal)));
}

function messagesOption(): Option {
  const what = 'bodies to send: a JSON array, or one object a line';
  return new Option('-m, --messages <file>', what).conflicts(['number', 'phones']);
}

async function runProduce(options: ProduceOptions, signal: AbortSignal): Promise<void> {
  const { url, inQueue, outQueue } = placeOf(options);
  const { count, messageAt } = await messagesOf(options);
  const connection = await connectToRabbit(url, signal);
  const timeoutMs = options.timeout * 1000;
  const producer = new Producer(connection, { inQueue, outQueue, timeoutMs, signal });
  const progress = startProgress('answers', count);
  try {
    await producer.answers.ready();
    const onDone = (done: number): void => progress.update(done);
    const { concurrency } = options;
    const run = await runJobs((index) => producer.ask(messageAt(index)), {
      count,
      concurrency,
      signal,
      onDone,
    });
    progress.stop();
    sayDuplicates(producer.answers.duplicates);
    finishRun(run, count, { json: options.json === true });
  } finally {
    progress.stop();
    await producer.close();
  }
}

async function messagesOf(
  options: ProduceOptions,
): Promise<{ count: number; messageAt: (index: number) => JobMessage }> {
  const generated = generatedMessages(options.phones);
  if (options.messages === undefined) return { count: options.number, messageAt: generated };
  const messages = await readMessages(options.messages);
  return { count: messages.length, messageAt: (index) => messages[index] ?? generated(index) };
}

/** Where the service's configuration says, unless the command line says otherwise. */
function placeOf(options: ProduceOptions): { url: string; inQueue: string; outQueue: string | undefined } {
  const { broker, reports } = loadConfig();
  const url = options.amqp === undefined ? broker.url : amqpUrl(options.amqp, '--amqp');
  if (!url) throw new CliError('which RabbitMQ? Give --amqp, or set AMQP_URL', EXIT.usage);
  return {
    url,
    inQueue: options.in ?? reports.taskQueue,
    outQueue: options.drainOut ? (options.out ?? reports.readyQueue) : undefined,
  };
}

function sayDuplicates(count: number): void {
  if (count > 0) process.stderr.write(`answers that came more than once: ${count}\n`);
}

const EXAMPLES = `
Each message asks for its answer in a private queue (reply_to); a copy goes to the out queue as always. With
--drain-out the answers are taken from there, and those to others are put back in their place at the end.

Examples:
  $ switchyard produce -n 1000 --amqp amqp://localhost
  $ switchyard produce --messages jobs.ndjson --drain-out --json`;
