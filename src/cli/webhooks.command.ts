import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { readCliEnvironment } from './cli-environment.js';
import { CliError } from './cli-error.js';
import { addServiceOptions, serviceOf } from './client-options.js';
import type { ServiceOptions } from './client-options.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { listen } from './listen.js';
import { instant, wholeNumber } from './option-values.js';
import { createWebhooksClient } from './webhooks-client.js';
import type { ApiDelivery } from './webhooks-client.js';
import { deliveryLine, deliveryTable, receivedLine, webhookTable } from './webhooks-text.js';

interface Options extends ServiceOptions {
  json?: true;
}

interface AddOptions extends Options {
  events: string[];
  filter: Record<string, string[]>;
  client?: string;
  description?: string;
  concurrency?: number;
  rate?: number;
}

interface DeliveriesOptions extends Options {
  status?: string;
  limit: number;
}

interface ResendOptions extends Options {
  webhook?: string;
  from?: string | number;
  to?: string | number;
  status: 'failed' | 'delivered' | 'all';
}

interface ListenCommandOptions {
  host: string;
  port: number;
  secret: string[];
  status: number;
  count: number;
  json?: true;
}

type Webhooks = ReturnType<typeof createWebhooksClient>;

/** Longer than a receiver may take. */
const TRIED_WITHIN_MS = 30_000;

export function registerWebhooks(program: Command): void {
  const webhooks = program.command('webhooks').description('who is told of which events, and how that goes');
  called(webhooks.command('list').description('list webhooks with how they answer')).action(runList);
  registerAdd(webhooks);
  called(
    webhooks.command('test <webhook>').description('send a test event, and say what became of it'),
  ).action(runTest);
  called(webhooks.command('deliveries <webhook>').description('list deliveries of a webhook, newest first'))
    .addOption(new Option('--status <status>', 'only those').choices(['pending', 'delivered', 'failed']))
    .option('--limit <count>', 'deliveries at most', wholeNumber(1, 100_000), 100)
    .action(runDeliveries);
  called(webhooks.command('resend [delivery]').description('send one delivery again, or those of a time'))
    .option('--webhook <id>', 'of a time: whose deliveries')
    .option('--from <time>', 'of a time: made then or later (RFC 3339, or epoch ms)', instant)
    .option('--to <time>', 'of a time: made before then (default: now)', instant)
    .addOption(
      new Option('--status <status>', 'of a time: which')
        .choices(['failed', 'delivered', 'all'])
        .default('failed'),
    )
    .action(runResend);
  registerListen(webhooks);
}

function registerAdd(webhooks: Command): void {
  called(webhooks.command('add <url>').description('make a webhook; its secret is shown this once'))
    .requiredOption('-e, --events <types>', 'event types, separated by commas: task.failed,sensor.*', words)
    .option('--filter <member=values>', 'only events with one of these: data.to=down,lost', filter, {})
    .option('--client <id>', "only this client's events")
    .option('--description <text>', 'for people')
    .option('--concurrency <count>', 'requests at once, at most', wholeNumber(1, 100))
    .option('--rate <count>', 'requests in a second, at most', wholeNumber(1, 10_000))
    .action(runAdd);
}

function registerListen(webhooks: Command): void {
  webhooks
    .command('listen')
    .description('receive webhooks on this machine: verify each, and print it')
    .option('-p, --port <port>', 'the port', wholeNumber(0, 65_535), 9000)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option(
      '-s, --secret <secret>',
      'whsec_…; may be given twice during a rotation (default: SWITCHYARD_WEBHOOK_SECRET)',
      more,
      [],
    )
    .option('--status <code>', 'what to answer', wholeNumber(200, 599), 204)
    .option('-n, --count <count>', 'end after so many', wholeNumber(1, 1_000_000_000), Infinity)
    .option('--json', 'print the events as they came, one a line')
    .addHelpText('after', EXAMPLES)
    .action(runListen);
}

function called(command: Command): Command {
  return addServiceOptions(command).option('--json', 'print JSON').addHelpText('after', EXAMPLES);
}

function runList(options: Options): Promise<void> {
  return withWebhooks(options, async (webhooks) => {
    const found = await webhooks.list(10_000);
    print(options, found, found.length > 0 ? webhookTable(found) : 'no webhooks');
  });
}

function runAdd(url: string, options: AddOptions): Promise<void> {
  return withWebhooks(options, async (webhooks) => {
    const { events: event_types, client: client_id, description, concurrency, rate: rate_per_s } = options;
    const chosen = Object.keys(options.filter).length > 0 ? { filter: options.filter } : {};
    const wanted = { url, event_types, client_id, description, concurrency, rate_per_s, ...chosen };
    const made = await webhooks.add(wanted);
    print(options, made, `${made.id}\n${made.secret}`);
  });
}

function runTest(id: string, options: Options): Promise<void> {
  return withWebhooks(options, async (webhooks, signal) => {
    const { id: delivery } = await webhooks.test(id);
    report(options, await webhooks.tried(delivery, 0, TRIED_WITHIN_MS, signal));
  });
}

function runDeliveries(id: string, options: DeliveriesOptions): Promise<void> {
  return withWebhooks(options, async (webhooks) => {
    const query: Record<string, string> = options.status === undefined ? {} : { status: options.status };
    const found = await webhooks.deliveries(id, query, options.limit);
    print(options, found, found.length > 0 ? deliveryTable(found) : 'no deliveries');
  });
}

function runResend(id: string | undefined, options: ResendOptions): Promise<void> {
  const { webhook, from, to = Date.now(), status } = options;
  if (id !== undefined && webhook === undefined && from === undefined) {
    return withWebhooks(options, async (webhooks, signal) => {
      const { attempt_count: before } = await webhooks.resend(id);
      report(options, await webhooks.tried(id, before, TRIED_WITHIN_MS, signal));
    });
  }
  if (id !== undefined || webhook === undefined || from === undefined) {
    throw new CliError('either the id of one delivery is expected, or --webhook and --from', EXIT.usage);
  }
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), status };
  return withWebhooks(options, async (webhooks) => {
    const { resent, more: isMore } = await webhooks.resendRange(webhook, range);
    const many = resent === 1 ? '1 delivery is on its way' : `${resent} deliveries are on their way`;
    print(options, { resent, more: isMore }, isMore ? `${many}; there are others in that time` : many);
  });
}

function runListen(options: ListenCommandOptions): Promise<void> {
  const fromEnvironment = readCliEnvironment().webhookSecret;
  const secrets =
    options.secret.length > 0 || fromEnvironment === undefined ? options.secret : [fromEnvironment];
  return withInterrupt((signal) =>
    listen({
      ...options,
      secrets,
      signal,
      onListening: (url) => {
        const how = secrets.length > 0 ? '' : '; nothing is verified without --secret';
        process.stderr.write(`listening on ${url}${how}\n`);
      },
      onRequest: (received) =>
        process.stdout.write(
          `${options.json ? received.body.replaceAll('\n', ' ') : receivedLine(received)}\n`,
        ),
    }),
  );
}

function report(options: Options, delivery: ApiDelivery): void {
  print(options, delivery, deliveryLine(delivery));
  if (delivery.status !== 'delivered') process.exitCode = EXIT.failed;
}

function withWebhooks(
  options: ServiceOptions,
  work: (webhooks: Webhooks, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal });
    try {
      await work(createWebhooksClient(client), signal);
    } finally {
      await client.close();
    }
  });
}

function print({ json }: Options, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

function more(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function filter(text: string, before: Readonly<Record<string, string[]>>): Record<string, string[]> {
  const [, member, values] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (member === undefined || values === undefined) {
    throw new InvalidArgumentError('A member and its values are expected: data.to=down,lost');
  }
  return { ...before, [member]: words(values) };
}

const EXAMPLES = `
Examples:
  $ switchyard webhooks listen --port 9000 --secret whsec_…
  $ switchyard webhooks add https://example.org/hook --events 'task.failed,sensor.*'
  $ switchyard webhooks test 01890a5d-ac96-774b-bcce-b302099a8057
  $ switchyard webhooks resend 01890a5d-ac96-774b-bcce-b302099a8057
  $ switchyard webhooks resend --webhook 01890a5d-ac96-774b-bcce-b302099a8057 --from 2026-01-31T08:00:00Z`;
