import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import type { Command } from 'commander';
import { addServiceOptions } from './client-options.js';
import type { ServiceOptions } from './client-options.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { instant, wholeNumber } from './option-values.js';
import { registerAlerts } from './rate-alerts.command.js';
import { printAs, withRates } from './rates-call.js';
import {
  changeFollowed,
  convert,
  course,
  courses,
  follow,
  followed,
  historyPath,
  unfollow,
} from './rates-client.js';
import type { ApiCandle } from './rates-client.js';
import { candleTable, conversionLines, courseLines, courseTable, followedTable } from './rates-text.js';

interface Options extends ServiceOptions {
  json?: true;
}

interface HistoryOptions extends Options {
  interval: string;
  from?: string | number;
  to?: string | number;
  limit: number;
  csv?: true;
}

interface RowOptions extends Options {
  exchanger: string;
  symbols?: string[];
  currencies?: string[];
  address?: string;
  priority?: number;
  staleAfter?: number;
  enable?: true;
  disable?: true;
}

/** Exchange rates: what they are, what is followed, and alerts on them. */
export function registerRates(program: Command): void {
  const rates = program.command('rates').description('exchange rates, what is followed, and alerts');
  withJson(rates.command('pairs').description('every pair with its rate, source and age'))
    .option('--exchanger <name>', 'the rates of this source alone')
    .action((options: Options & { exchanger?: string }) => runPairs(options));
  withJson(rates.command('show <pair>').description('the rate of one pair')).action(
    (pair: string, options: Options) => runShow(pair, options),
  );
  withJson(rates.command('convert <amount> <from> <to>').description('an amount in another currency')).action(
    (amount: string, from: string, to: string, options: Options) => runConvert({ amount, from, to }, options),
  );
  registerHistory(rates);
  registerRows(rates);
  registerAlerts(rates, withJson);
}

function registerHistory(rates: Command): void {
  withJson(rates.command('history <pair>').description('what a pair cost: candles, oldest first'))
    .addOption(
      new Option('--interval <length>', 'of one candle').choices(['1m', '5m', '1h', '1d']).default('1m'),
    )
    .option('--from <time>', 'of this time or later (RFC 3339, or epoch ms)', instant)
    .option('--to <time>', 'before this time', instant)
    .option('--limit <count>', 'candles at most', wholeNumber(1, 1_000), 60)
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .action((pair: string, options: HistoryOptions) => runHistory(pair, options));
}

function registerRows(rates: Command): void {
  withJson(rates.command('sources').description('what is followed, and at which source')).action(
    (options: Options) => runSources(options),
  );
  const add = rates.command('add').description('follow more: each symbol in each of the currencies');
  rowOptions(add)
    .addOption(
      new Option('--exchanger <name>', 'the source').choices(['binance', 'coingecko']).makeOptionMandatory(),
    )
    .action((options: RowOptions) => runAdd(options));
  rowOptions(rates.command('change <id>').description('change what is followed'))
    .option('--enable', 'follow it again')
    .addOption(new Option('--disable', 'do not follow it for now').conflicts('enable'))
    .action((id: string, options: RowOptions) => runChange(id, options));
  withJson(rates.command('remove <id>').description('follow it no longer; its history stays')).action(
    (id: string, options: Options) => runRemove(id, options),
  );
}

function rowOptions(command: Command): Command {
  return withJson(command)
    .option('--symbols <list>', 'as the source knows them: BTC,ETH or bitcoin,ethereum', words)
    .option('--currencies <list>', 'as the source knows them: USDT or usd,rub', words)
    .option('--address <url>', 'where the source is asked, if not where the service is configured to')
    .option('--priority <number>', 'lower is asked first', wholeNumber(0, 1_000_000))
    .option(
      '--stale-after <seconds>',
      'without a word after which its rate is stale',
      wholeNumber(1, 86_400),
    );
}

function withJson(command: Command): Command {
  return addServiceOptions(command).option('--json', 'print JSON').addHelpText('after', EXAMPLES);
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function runPairs(options: Options & { exchanger?: string }): Promise<void> {
  return withRates(options, async (client) => {
    const found = await courses(client, options.exchanger);
    printAs(options, found, [found.length > 0 ? courseTable(found) : 'no rates']);
  });
}

function runShow(pair: string, options: Options): Promise<void> {
  return withRates(options, async (client) => {
    const found = await course(client, pair);
    printAs(options, found, courseLines(found));
  });
}

function runConvert(query: { amount: string; from: string; to: string }, options: Options): Promise<void> {
  return withRates(options, async (client) => {
    const conversion = await convert(client, query);
    printAs(options, conversion, conversionLines(conversion));
  });
}

function runHistory(pair: string, options: HistoryOptions): Promise<void> {
  const { interval, limit, from, to, csv } = options;
  const path = historyPath(pair, { interval, limit, from: timeOf(from), to: timeOf(to) });
  return withRates(options, async (client) => {
    if (csv) return void process.stdout.write(await client.text(path, { headers: { accept: 'text/csv' } }));
    const { items } = (await client.json(path)).value as { items: ApiCandle[] };
    printAs(options, items, [items.length > 0 ? candleTable(items) : 'no history']);
  });
}

function timeOf(time: string | number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

function runSources(options: Options): Promise<void> {
  return withRates(options, async (client) => {
    const rows = await followed(client);
    printAs(options, rows, [rows.length > 0 ? followedTable(rows) : 'nothing is followed']);
  });
}

function runAdd(options: RowOptions): Promise<void> {
  if (!options.symbols || !options.currencies) {
    throw new CliError('--symbols and --currencies are expected', EXIT.usage);
  }
  return withRates(options, async (client) => {
    const row = await follow(client, { exchanger: options.exchanger, ...rowOf(options) }, randomUUID());
    printAs(options, row, [`followed as ${row.id}`]);
  });
}

function runChange(id: string, options: RowOptions): Promise<void> {
  const patch = rowOf(options);
  if (Object.keys(patch).length === 0) throw new CliError('something to change is expected', EXIT.usage);
  return withRates(options, async (client) => {
    const row = await changeFollowed(client, id, patch);
    printAs(options, row, [followedTable([row])]);
  });
}

function rowOf(options: RowOptions): Record<string, unknown> {
  const { symbols, currencies, address, priority, staleAfter, enable, disable } = options;
  return {
    ...(symbols === undefined ? {} : { symbols }),
    ...(currencies === undefined ? {} : { currencies }),
    ...(address === undefined ? {} : { url: address }),
    ...(priority === undefined ? {} : { priority }),
    ...(staleAfter === undefined ? {} : { stale_after_s: staleAfter }),
    ...(enable ? { enabled: true } : {}),
    ...(disable ? { enabled: false } : {}),
  };
}

function runRemove(id: string, options: Options): Promise<void> {
  return withRates(options, async (client) => {
    await unfollow(client, id);
    printAs(options, { removed: id }, ['removed']);
  });
}

const EXAMPLES = `
Examples:
  $ switchyard rates show btc-usdt
  $ switchyard rates convert 1.5 BTC RUB
  $ switchyard rates history BTC-USDT --interval 1h --csv
  $ switchyard rates add --exchanger binance --symbols SOL,TON --currencies USDT
  $ switchyard rates alerts add BTC-USDT above 70000 --telegram 123456789`;
