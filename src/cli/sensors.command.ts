import { Option } from 'commander';
import type { Command } from 'commander';
import { loadConfig } from '../app/config.js';
import { amqpUrl } from './addresses.js';
import { connectToRabbit } from './amqp-connection.js';
import { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { addServiceOptions, serviceOf } from './client-options.js';
import type { ServiceOptions } from './client-options.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { wholeNumber } from './option-values.js';
import { startProgress } from './progress.js';
import { sensorLines } from './sensor-lines.js';
import { runStorm } from './sensor-storm.js';
import type { StormMessage } from './sensor-storm.js';
import { createSensorsClient } from './sensors-client.js';
import type { ApiImport, ApiSensor, SensorsClient } from './sensors-client.js';

interface ImportOptions extends ServiceOptions {
  clientId?: string;
  existing: 'refuse' | 'skip' | 'update';
  json?: true;
}

interface SimulateOptions extends ServiceOptions {
  sensors: number;
  rate: number;
  seconds: number;
  duplicates: number;
  late: number;
  bad: number;
  seed: number;
  client: string;
  rest?: true;
  amqp?: string;
  queue?: string;
  json?: true;
}

const LINES_AT_ONCE = 2_000;
const MOST_FAULTS = 1_000;
const TIMEOUT_MS = 120_000;

export function registerSensors(program: Command): void {
  const sensors = program.command('sensors').description('import sensors, and simulate what they say');
  addServiceOptions(sensors.command('import <file>').description('make the sensors of a CSV or NDJSON file'))
    .option('--client-id <id>', 'the client of lines that name none')
    .addOption(
      new Option('--existing <act>', 'a sensor that is there already is named as a fault, left, or changed')
        .choices(['refuse', 'skip', 'update'])
        .default('refuse'),
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: ImportOptions) => run(options, (api) => importFile(api, file, options)));
  simulating(sensors).action((options: SimulateOptions) =>
    run(options, (api, signal) => simulate(api, options, signal)),
  );
}

function simulating(sensors: Command): Command {
  const share = wholeNumber(0, 1_000);
  const what = 'publish what sensors would say to the queue, a storm of it where the rate is high';
  return addServiceOptions(sensors.command('simulate').description(what))
    .option('--sensors <count>', 'sensors; made where they are missing', wholeNumber(1, 1_000_000), 100)
    .option('--rate <count>', 'events a second', wholeNumber(1, 1_000_000), 100)
    .option('--seconds <count>', 'for how long', wholeNumber(1, 86_400), 10)
    .option('--duplicates <share>', 'of 1,000: the same event again', share, 20)
    .option('--late <share>', 'of 1,000: older than the newest', share, 20)
    .option('--bad <share>', 'of 1,000: what cannot be logged', share, 0)
    .option('--seed <number>', 'start of the random numbers', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--client <name>', 'the client that they belong to', 'Simulated')
    .option('--rest', 'by REST and not by RabbitMQ')
    .option('--amqp <url>', 'RabbitMQ (default: AMQP_URL, which others do not see)', amqpUrl)
    .option('--queue <name>', 'queue to send to (default: QUEUE_SENSOR_EVENTS)')
    .option('--json', 'print the figures as JSON');
}

async function run(
  options: ServiceOptions,
  work: (api: SensorsClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal, timeoutMs: TIMEOUT_MS });
    try {
      await work(createSensorsClient(client), signal);
    } finally {
      await client.close();
    }
  });
}

async function importFile(api: SensorsClient, file: string, options: ImportOptions): Promise<void> {
  const { clientId, existing } = options;
  const query = { existing, ...(clientId === undefined ? {} : { client_id: clientId }) };
  const report: ApiImport = { lines: 0, created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
  const lot: { line: number; json: string }[] = [];
  const send = async (): Promise<void> => {
    const sent = lot.splice(0);
    add(report, await api.importLines(sent.map(({ json }) => json).join('\n'), query), sent);
  };
  for await (const line of sensorLines(file)) if (lot.push(line) === LINES_AT_ONCE) await send();
  if (lot.length > 0) await send();
  const { lines, created, updated, unchanged, failed, errors } = report;
  const text = [
    ...errors.map(({ line, pointer, detail }) => `line ${line}: ${`${pointer} ${detail}`.trim()}`),
    `${lines} lines: ${created} created, ${updated} updated, ${unchanged} left, ${failed} failed`,
  ].join('\n');
  process.stdout.write(`${options.json ? JSON.stringify(report) : text}\n`);
  if (failed > 0) throw new CliError(`${failed} lines made nothing`, EXIT.failed);
}

/** Lines of a lot, told as lines of the file. */
function add(report: ApiImport, part: ApiImport, sent: readonly { line: number }[]): void {
  for (const name of ['lines', 'created', 'updated', 'unchanged', 'failed'] as const)
    report[name] += part[name];
  const faults = part.errors.map((fault) => ({
    ...fault,
    detail: fault.detail.replace(/^is on line (\d+)/, (_, at) => `is on line ${lineOf(sent, Number(at))}`),
    line: lineOf(sent, fault.line),
  }));
  report.errors.push(...faults.slice(0, MOST_FAULTS - report.errors.length));
}

function lineOf(sent: readonly { line: number }[], inLot: number): number {
  return sent[inLot - 1]?.line ?? inLot;
}

async function simulate(api: SensorsClient, options: SimulateOptions, signal: AbortSignal): Promise<void> {
  const sensors = (await simulatedSensors(api, options)).map(({ id }) => id);
  const way = options.rest ? restWay(api) : await rabbitWay(options, signal);
  const progress = startProgress('events', options.rate * options.seconds);
  let sent = 0;
  try {
    const { rate, seconds, duplicates, late, bad, seed } = options;
    const shape = { sensors, rate, seconds, duplicates, late, bad, seed };
    sent = await runStorm(
      shape,
      async (messages) => {
        await way.send(messages);
        progress.update((sent += messages.length));
      },
      signal,
    );
  } finally {
    progress.stop();
    await way.close();
  }
  const accounting = await api.accounting();
  const { came_in, logged, duplicate, refused, dead_lettered } = accounting;
  const text = `sent ${sent}; counted so far: ${came_in} came in, ${logged} logged, ${duplicate} duplicate, ${refused} refused, ${dead_lettered} dead-lettered`;
  process.stdout.write(`${options.json ? JSON.stringify({ sent, accounting }) : text}\n`);
}

/** As many as asked for, of the client of that name; what is missing is made. */
async function simulatedSensors(
  api: SensorsClient,
  { client, sensors: count }: SimulateOptions,
): Promise<ApiSensor[]> {
  const { id } = await api.clientNamed(client);
  const known = await api.sensorsOf(id, count);
  for (let at = known.length; at < count; at += LINES_AT_ONCE) {
    const names = Array.from(
      { length: Math.min(LINES_AT_ONCE, count - at) },
      (_, i) => `simulated ${at + i}`,
    );
    const lines = names.map((external_id) => JSON.stringify({ external_id, kind: 'simulated' }));
    await api.importLines(lines.join('\n'), { client_id: id, existing: 'skip' });
  }
  return known.length < count ? api.sensorsOf(id, count) : known;
}

interface StormWay {
  send: (messages: readonly StormMessage[]) => Promise<void>;
  close: () => Promise<void>;
}

function restWay(api: SensorsClient): StormWay {
  return {
    send: async (messages) => void (await api.submitEvents(messages.map(({ body }) => body).join('\n'))),
    close: () => Promise.resolve(),
  };
}

async function rabbitWay(options: SimulateOptions, signal: AbortSignal): Promise<StormWay> {
  const { broker, sensors } = loadConfig();
  const url = options.amqp === undefined ? broker.url : amqpUrl(options.amqp, '--amqp');
  if (!url) throw new CliError('which RabbitMQ? Give --amqp or --rest, or set AMQP_URL', EXIT.usage);
  const connection = await connectToRabbit(url, signal, 'switchyard simulate');
  const publisher = connection.createPublisher({ confirm: true });
  const routingKey = options.queue ?? sensors.queue;
  const contentType = 'application/json';
  return {
    async send(messages) {
      const sent = messages.map(({ id: messageId, body }) =>
        publisher.send(
          { routingKey, messageId, contentType, durable: true, mandatory: true },
          Buffer.from(body),
        ),
      );
      await Promise.all(sent);
    },
    async close() {
      await publisher.close();
      await connection.close();
    },
  };
}

const EXAMPLES = `
The file's first line names the columns where it is CSV: client_id, external_id, name, kind, enabled; external_id alone has
to be there. In NDJSON each line is an object with these fields.

Examples:
  $ switchyard sensors import sensors.csv --client-id 0198b6a2-7a40-7000-8000-000000000000
  $ switchyard sensors simulate --sensors 1000 --rate 5000 --seconds 20 --amqp amqp://localhost`;
