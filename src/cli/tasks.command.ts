import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { addClientOptions, serviceOf } from './client-options.js';
import type { ClientOptions } from './client-options.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { wholeNumber } from './option-values.js';
import { createTasksClient } from './tasks-client.js';
import type { TaskFilterFields, TasksClient } from './tasks-client.js';
import { historyTable, tasksTable, typesTable } from './tasks-tables.js';

interface CommonOptions extends ClientOptions {
  json?: true;
}

interface FilterOptions {
  type?: string;
  status?: string;
  phone?: number;
  equipment?: string;
  correlationId?: string;
  from?: string;
  to?: string;
  error?: string;
  priority?: string;
  source?: string;
  retryOf?: string;
}

type ListOptions = CommonOptions & FilterOptions & { limit: number };
type BulkOptions = CommonOptions & FilterOptions & { yes?: true };

const STATES = ['pending', 'in_work', 'completed', 'error', 'cancelled'];

export function registerTasks(program: Command): void {
  const tasks = program.command('tasks').description('look for tasks, and act on them');
  withFilter(command(tasks, 'list', 'list tasks, newest first'))
    .option('-n, --limit <number>', 'how many at most', wholeNumber(1, 100_000), 50)
    .action((options: ListOptions) => run(options, (api) => list(api, options)));
  command(tasks, 'show <id>', 'show one task and what happened to it').action(
    (id: string, options: CommonOptions) => run(options, (api) => show(api, id, options)),
  );
  for (const action of ['cancel', 'retry'] as const) {
    const what = `${action} one task, or all that match: without --yes only says how many`;
    withFilter(command(tasks, `${action} [id]`, what))
      .option('-y, --yes', 'do it')
      .action((id: string | undefined, options: BulkOptions) =>
        run(options, (api) => act(api, action, id, options)),
      );
  }
  command(tasks, 'types', 'list the types, with how much waits and runs').action((options: CommonOptions) =>
    run(options, async (api) => {
      const types = await api.types();
      print(options, types, typesTable(types));
    }),
  );
  command(tasks, 'pause <type>', 'start no more tasks of a type, also after a restart')
    .option('--reason <text>', 'for those who wonder why nothing is done')
    .action((type: string, options: CommonOptions & { reason?: string }) =>
      run(options, async (api) => {
        print(options, await api.pause(type, options.reason), `paused ${type}`);
      }),
    );
  command(tasks, 'resume <type>', 'start tasks of a type again').action(
    (type: string, options: CommonOptions) =>
      run(options, async (api) => print(options, await api.resume(type), `resumed ${type}`)),
  );
}

function command(parent: Command, name: string, description: string): Command {
  const made = addClientOptions(parent.command(name).description(description));
  return made.option('--json', 'print JSON').addHelpText('after', EXAMPLES);
}

function withFilter(to: Command): Command {
  return to
    .option('--type <type>', 'what kind of work')
    .addOption(new Option('--status <status>', 'only in this state').choices(STATES))
    .option('--phone <phone>', 'that asked for this phone', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--equipment <id>', 'about this equipment')
    .option('--correlation-id <id>', 'with this correlation id')
    .option('--from <time>', 'received at this time or later (RFC 3339)')
    .option('--to <time>', 'received before this time')
    .option('--error <words>', 'whose error has all these words')
    .addOption(new Option('--priority <priority>', 'of this priority').choices(['low', 'normal', 'high']))
    .addOption(new Option('--source <source>', 'that came this way').choices(['rest', 'queue']))
    .option('--retry-of <id>', 'that does this task again');
}

async function run(options: ClientOptions, work: (api: TasksClient) => Promise<void>): Promise<void> {
  await withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal });
    try {
      await work(createTasksClient(client));
    } finally {
      await client.close();
    }
  });
}

async function list(api: TasksClient, options: ListOptions): Promise<void> {
  const tasks = await api.list(filterOf(options), options.limit);
  print(options, tasks, tasks.length > 0 ? tasksTable(tasks) : 'no tasks');
}

async function show(api: TasksClient, id: string, options: CommonOptions): Promise<void> {
  const [task, history] = [await api.get(id), await api.history(id)];
  print(options, { ...task, history }, `${tasksTable([task])}\n${historyTable(history)}`);
}

async function act(
  api: TasksClient,
  action: 'cancel' | 'retry',
  id: string | undefined,
  options: BulkOptions,
): Promise<void> {
  const filter = filterOf(options);
  const isFiltered = Object.keys(filter).length > 0;
  if ((id !== undefined) === isFiltered) {
    throw new CliError('name either one task or what all of them have in common', EXIT.usage);
  }
  if (id !== undefined) {
    const task = action === 'cancel' ? await api.cancel(id) : await api.retry(id, randomUUID());
    print(options, task, `${task.task_id}: ${task.task_status}`);
  } else if (options.yes) {
    const started = await api.start(action, filter);
    print(options, started, `accepted: ${action} of ${started.accepted} tasks (bulk ${started.bulk_id})`);
  } else {
    const preview = await api.preview(action, filter);
    print(options, preview, `${preview.matched} tasks match; --yes does it`);
  }
}

function filterOf(options: FilterOptions): TaskFilterFields {
  const { type, status, phone, from, to, error, priority, source } = options;
  const { equipment: equipment_id, correlationId: correlation_id, retryOf: retry_of } = options;
  const all = {
    ...{ type, status, phone, equipment_id, correlation_id },
    ...{ from, to, error, priority, source, retry_of },
  };
  const given = Object.entries(all).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return Object.fromEntries(given);
}

function print({ json }: CommonOptions, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}

const EXAMPLES = `
Examples:
  $ switchyard tasks list --status error --error timeout --from 2026-11-01T00:00:00Z
  $ switchyard tasks retry --type aggregate_calls --status error --yes
  $ switchyard tasks cancel 0198b6a2-7a40-7000-8000-000000000000
  $ switchyard tasks pause aggregate_calls --reason "the data is being replaced"`;
