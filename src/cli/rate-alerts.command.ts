import { Argument, InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { ServiceOptions } from './client-options.js';
import { wholeNumber } from './option-values.js';
import { printAs, withRates } from './rates-call.js';
import { addAlert, alerts, removeAlert } from './rates-client.js';
import { alertTable, conditionOf } from './rates-text.js';

interface ListOptions extends ServiceOptions {
  pair?: string;
  json?: true;
}

interface AddOptions extends ServiceOptions {
  window?: number;
  telegram?: string;
  webhook?: true;
  json?: true;
}

const OPS = ['above', 'below', 'change_pct'];
const LONGEST_WINDOW_S = 604_800;

/** `rates alerts …`; `common` adds what every command takes. */
export function registerAlerts(rates: Command, common: (command: Command) => Command): void {
  const group = rates.command('alerts').description('conditions on rates that somebody is told of');
  common(group.command('list').description('list alerts, newest first'))
    .option('--pair <pair>', 'only those on this pair')
    .action((options: ListOptions) => runList(options));
  common(group.command('add <pair>').description('be told when a rate gets there'))
    .addArgument(new Argument('<op>', 'what is waited for').choices(OPS))
    .addArgument(new Argument('<value>', 'a rate, or percent for change_pct'))
    .option('--window <seconds>', 'over which a change is looked at', wholeNumber(60, LONGEST_WINDOW_S))
    .option('--telegram <chat>', 'tell this chat of the bot', chatId)
    .option('--webhook', 'tell the webhooks that ask for rates.alert-fired')
    .action((pair: string, op: string, value: string, options: AddOptions) =>
      runAdd({ pair, op, value }, options),
    );
  common(group.command('remove <id>').description('no longer wait for it')).action(
    (id: string, options: ListOptions) => runRemove(id, options),
  );
}

function chatId(text: string): string {
  if (/^-?[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('The whole number is expected by which Telegram knows the chat.');
}

function runList(options: ListOptions): Promise<void> {
  return withRates(options, async (client) => {
    const found = await alerts(client, options.pair === undefined ? {} : { pair: options.pair });
    printAs(options, found, [found.length > 0 ? alertTable(found) : 'no alerts']);
  });
}

function runAdd(condition: { pair: string; op: string; value: string }, options: AddOptions): Promise<void> {
  const { window, telegram, webhook } = options;
  const channels = [
    'live',
    ...(webhook ? ['webhook'] : []),
    ...(telegram === undefined ? [] : [{ kind: 'telegram', chat_id: telegram }]),
  ];
  const alert = { ...condition, ...(window === undefined ? {} : { window_s: window }), channels };
  return withRates(options, async (client) => {
    const made = await addAlert(client, alert);
    printAs(options, made, [`waits for ${made.pair} ${conditionOf(made)} as ${made.id}`]);
  });
}

function runRemove(id: string, options: ListOptions): Promise<void> {
  return withRates(options, async (client) => {
    await removeAlert(client, id);
    printAs(options, { removed: id }, ['removed']);
  });
}
