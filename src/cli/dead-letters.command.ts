import { Option } from 'commander';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { addServiceOptions, serviceOf } from './client-options.js';
import type { ServiceOptions } from './client-options.js';
import { actOnOne, listLetters, planBulk, showLetter, stopBulks } from './dead-letters-client.js';
import type { LetterFilter } from './dead-letters-client.js';
import { bulkLines, letterLines, letterTable } from './dead-letters-text.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { instant, wholeNumber } from './option-values.js';

interface FilterOptions extends ServiceOptions {
  kind?: 'message' | 'task';
  source?: string;
  reason?: string;
  from?: string | number;
  to?: string | number;
  json?: true;
}

interface ListOptions extends FilterOptions {
  status: 'waiting' | 'replayed' | 'discarded' | 'all';
  limit: number;
}

interface ActOptions extends FilterOptions {
  all?: true;
  dryRun?: true;
  yes?: true;
  limit?: number;
  rate?: number;
  because?: string;
}

type Action = 'replay' | 'discard';

export function registerDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('messages that were no valid work, and tasks that failed for good');
  filtered(letters.command('list').description('list dead letters, newest first'))
    .addOption(
      new Option('--status <status>', 'what became of them')
        .choices(['waiting', 'replayed', 'discarded', 'all'])
        .default('waiting'),
    )
    .option('--limit <count>', 'letters at most', wholeNumber(1, 100_000), 100)
    .action((options: ListOptions) => runList(options));
  addServiceOptions(letters.command('show <id>').description('show one with what it holds, secrets hidden'))
    .option('--json', "print the service's JSON as it is")
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: FilterOptions) => runShow(id, options));
  acting(letters, 'replay', 'send one again, or many by filter: a message to its queue, a task as a new one')
    .option('--rate <count>', 'of many: letters in a second (default: 50)', wholeNumber(1, 1_000))
    .action((id: string | undefined, options: ActOptions) => runAct('replay', id, options));
  acting(letters, 'discard', 'put one aside for good, or many by filter')
    .requiredOption('--because <text>', 'why; kept with each letter')
    .action((id: string | undefined, options: ActOptions) => runAct('discard', id, options));
  addServiceOptions(
    letters.command('stop').description('stop going through many; those that are left wait on'),
  )
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: FilterOptions) => runStop(options));
}

function acting(letters: Command, action: Action, description: string): Command {
  const command = filtered(letters.command(`${action} [id]`).description(description))
    .option('--all', 'all letters that wait, without a filter')
    .option(
      '--limit <count>',
      'of many: letters at most, the oldest ones (default: 10000)',
      wholeNumber(1, 10_000),
    )
    .option('--dry-run', 'of many: only say how many there are; so it is without --yes')
    .option('-y, --yes', 'of many: do it');
  command.options.find((option) => option.long === '--dry-run')?.conflicts('yes');
  return command;
}

function filtered(command: Command): Command {
  return addServiceOptions(command)
    .addOption(new Option('--kind <kind>', 'only messages, or only tasks').choices(['message', 'task']))
    .option('--source <name>', 'only those of this queue, or of this type of task')
    .option('--reason <reason>', 'only those put away for this reason: invalid-json')
    .option('--from <time>', 'only those put away at this time or later (RFC 3339, or epoch ms)', instant)
    .option('--to <time>', 'only those put away before this time', instant)
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES);
}

function runList(options: ListOptions): Promise<void> {
  return withClient(options, async (client) => {
    const { status, limit } = options;
    const query = { ...filterOf(options), ...(status === 'all' ? {} : { status }) };
    const letters = await listLetters(client, query, limit);
    print(options, letters, [letters.length > 0 ? letterTable(letters) : 'no dead letters']);
  });
}

function runShow(id: string, options: FilterOptions): Promise<void> {
  return withClient(options, async (client) => {
    const { text, letter, payload } = await showLetter(client, id);
    process.stdout.write(options.json ? `${text}\n` : `${letterLines(letter, payload).join('\n')}\n`);
  });
}

function runAct(action: Action, id: string | undefined, options: ActOptions): Promise<void> {
  checkTarget(id, options);
  return withClient(options, async (client) => {
    if (id !== undefined) {
      const letter = await actOnOne(client, action, id, options.because);
      const became = letter.replayed_as === null ? '' : ` as ${letter.kind} ${letter.replayed_as}`;
      print(options, letter, [`${letter.status}${became}`]);
      return;
    }
    const { because: reason, limit, rate: rate_per_s } = options;
    const bulk = { filter: filterOf(options), dry_run: !options.yes, reason, limit, rate_per_s };
    const answer = await planBulk(client, action, bulk);
    print(options, answer, bulkLines(action, answer));
  });
}

function runStop(options: FilterOptions): Promise<void> {
  return withClient(options, async (client) => {
    const stopped = await stopBulks(client);
    print(options, { stopped }, [`stopped; ${stopped} dead letters wait on`]);
  });
}

/** One letter, or a filter: a filter that was forgotten must not mean everything. */
function checkTarget(id: string | undefined, options: ActOptions): void {
  const hasFilter = Object.keys(filterOf(options)).length > 0;
  const ways = [id !== undefined, hasFilter, options.all === true].filter(Boolean).length;
  if (ways === 1) return;
  throw new CliError('either the id of one letter is expected, or filters for many, or --all', EXIT.usage);
}

function filterOf({ kind, source, reason, from, to }: FilterOptions): LetterFilter {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(source === undefined ? {} : { source }),
    ...(reason === undefined ? {} : { reason }),
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
  };
}

function withClient(options: ServiceOptions, work: (client: ApiClient) => Promise<void>): Promise<void> {
  return withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal });
    try {
      await work(client);
    } finally {
      await client.close();
    }
  });
}

function print({ json }: FilterOptions, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}

const EXAMPLES = `
Many are first counted; --yes then fixes which, and the service goes through them, over a restart too.

Examples:
  $ switchyard dead-letters list --source task_report
  $ switchyard dead-letters show 01890a5d-ac96-774b-bcce-b302099a8057
  $ switchyard dead-letters replay 01890a5d-ac96-774b-bcce-b302099a8057
  $ switchyard dead-letters replay --reason too-large --rate 10 --yes
  $ switchyard dead-letters discard --source task_report --to 2026-01-01T00:00:00Z --because "old tests" --yes`;
