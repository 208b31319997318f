import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { ApiRefusal } from './api-error.js';
import { awaitBatch, requireWell } from './await-batch.js';
import { awaitTask } from './await-task.js';
import { CliError } from './cli-error.js';
import { addClientOptions, serviceOf } from './client-options.js';
import type { ClientOptions } from './client-options.js';
import { createEquipmentClient } from './equipment-client.js';
import type { ApiDevice, ApiDeviceTask, EquipmentClient } from './equipment-client.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { wholeNumber } from './option-values.js';
import { createTasksClient } from './tasks-client.js';
import { historyTable, table, tasksTable } from './tasks-tables.js';

interface CommonOptions extends ClientOptions {
  json?: true;
}

interface ConfigureOptions extends CommonOptions {
  file: string;
  wait?: true;
}

interface BatchOptions extends CommonOptions {
  wait: boolean;
  name?: string;
  canary?: number;
  stopAtFailureShare?: string;
  maxAttempts?: number;
  inFlight?: number;
  answerTimeout?: number;
}

interface Session {
  client: ApiClient;
  api: EquipmentClient;
  signal: AbortSignal;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function registerEquipment(program: Command): void {
  const equipment = program.command('equipment').description('configure devices, one or thousands');
  command(equipment, 'configure <id>', 'configure one device')
    .requiredOption('--file <file>', 'JSON: its parameters, or the whole request; - for standard input')
    .option('--wait', 'wait until it is done')
    .action((id: string, options: ConfigureOptions) =>
      run(options, (session) => configure(session, id, options)),
    );
  command(equipment, 'batch <file>', 'configure the devices of a CSV, and show how far it is')
    .option('--name <name>', 'what the batch is called')
    .option(
      '--canary <devices>',
      'so many first, the others when they have ended well',
      wholeNumber(0, 10_000),
    )
    .option('--stop-at-failure-share <share>', 'of ended devices: 0.2 stops at every fifth')
    .option('--max-attempts <number>', 'for each device', wholeNumber(1, 5))
    .option('--in-flight <devices>', 'devices at a time', wholeNumber(1, 500))
    .option('--answer-timeout <seconds>', 'longest wait for one device', wholeNumber(1, 900))
    .option('--no-wait', 'do not wait for its end')
    .action((file: string, options: BatchOptions) =>
      run(options, (session) => batch(session, file, options)),
    );
  command(equipment, 'status <task-or-device>', 'show a task, or a device and its newest tasks').action(
    (id: string, options: CommonOptions) => run(options, (session) => status(session, id, options)),
  );
}

function command(parent: Command, name: string, description: string): Command {
  const made = addClientOptions(parent.command(name).description(description));
  return made.option('--json', 'print JSON').addHelpText('after', EXAMPLES);
}

async function run(options: ClientOptions, work: (session: Session) => Promise<void>): Promise<void> {
  await withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal });
    try {
      await work({ client, api: createEquipmentClient(client), signal });
    } finally {
      await client.close();
    }
  });
}

async function configure(
  { client, api, signal }: Session,
  id: string,
  options: ConfigureOptions,
): Promise<void> {
  const taskId = await api.configure(id, requestOf(await readText(options.file), options.file));
  if (!options.wait) return print(options, { task_id: taskId }, taskId);
  await awaitTask(client, taskId, {
    timeoutMs: options.timeout * 1_000,
    signal,
    what: `the configuration of ${id}`,
  });
  print(options, await client.task(taskId), `${id}: configured (task ${taskId})`);
}

/** Parameters alone are a request with the longest wait that is usual. */
function requestOf(text: string, file: string): unknown {
  const value = jsonOf(text, file);
  const isWhole = typeof value === 'object' && value !== null && 'parameters' in value;
  return isWhole ? value : { timeoutInSeconds: 60, parameters: value };
}

/** Of the file nothing is said but that it is no JSON: it holds a password. */
function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliError(`${file} is no JSON`, EXIT.usage);
  }
}

async function readText(file: string): Promise<string> {
  return file === '-' ? textOf(process.stdin) : (await readBytes(file)).toString('utf8');
}

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${file} cannot be read: ${code ?? 'unknown'}`, EXIT.usage);
  });
}

async function batch({ api, signal }: Session, file: string, options: BatchOptions): Promise<void> {
  const created = await api.createBatch(await readBytes(file), batchOptions(options));
  const id = created.batch_id;
  if (!options.wait) return print(options, created, id);
  const ended = await awaitBatch(api, id, { timeoutMs: options.timeout * 1_000, signal });
  const { completed, failed, cancelled } = ended.counts;
  const summary = `${completed} configured, ${failed} failed, ${cancelled} cancelled`;
  print(options, ended, `batch ${id} is ${ended.state}: ${summary}`);
  requireWell(ended);
}

function batchOptions(options: BatchOptions): Record<string, string> {
  const all = {
    name: options.name,
    canary: options.canary,
    stop_at_failure_share: options.stopAtFailureShare,
    max_attempts: options.maxAttempts,
    in_flight: options.inFlight,
    timeout_in_seconds: options.answerTimeout,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

async function status({ client, api }: Session, id: string, options: CommonOptions): Promise<void> {
  if (UUID.test(id)) {
    const tasks = createTasksClient(client);
    const [task, history] = [await tasks.get(id), await tasks.history(id)];
    return print(options, { ...task, history }, `${tasksTable([task])}\n${historyTable(history)}`);
  }
  const tasks = await api.deviceTasks(id);
  const device = await api.device(id).catch(unlessUnseen);
  print(
    options,
    { device, tasks },
    `${device ? deviceTable(device) : `no task of ${id} has ended yet`}\n${deviceTasksTable(tasks)}`,
  );
}

/** A device whose first task has not ended is not in the inventory yet. */
function unlessUnseen(error: unknown): null {
  if (error instanceof ApiRefusal && error.status === 404) return null;
  throw error;
}

function deviceTable(device: ApiDevice): string {
  const { equipment_id: id, last_result: result, last_seen_at: at, last_message: message } = device;
  const counts = `${device.tasks} (${device.failures})`;
  return table(
    ['Device', 'Last result', 'At', 'Said', 'Tasks (failed)', 'Note'],
    [[id, result, at, message.slice(0, 80), counts, (device.note ?? '').slice(0, 80)]],
  );
}

function deviceTasksTable(tasks: readonly ApiDeviceTask[]): string {
  const rows = tasks.map((task) => [
    ...[task.task_id, task.task_status, task.received, task.completed ?? ''],
    ...[(task.error_message ?? '').slice(0, 80), task.created_by],
  ]);
  return table(['Task', 'Status', 'Received', 'Ended', 'Error', 'By'], rows);
}

function print({ json }: CommonOptions, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}

const EXAMPLES = `
Examples:
  $ switchyard equipment configure cpe00017 --file params.json --wait
  $ switchyard equipment batch night.csv --canary 20 --stop-at-failure-share 0.1
  $ switchyard equipment status cpe00017`;
