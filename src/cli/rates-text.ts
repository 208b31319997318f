import Table from 'cli-table3';
import { readCliEnvironment } from './cli-environment.js';
import type { ApiAlert, ApiCandle, ApiConversion, ApiCourse, ApiTradeInfo } from './rates-client.js';
import { printable } from './terminal-text.js';

export function courseTable(courses: readonly ApiCourse[]): string {
  return tableOf(
    ['Pair', 'Rate', 'Source', 'Age', 'Remarks'],
    courses.map((course) => [
      course.direction,
      course.value_text,
      course.exchanger,
      ageOf(course.age_s),
      remarksOn(course).join(', '),
    ]),
  );
}

export function courseLines(course: ApiCourse): string[] {
  const remarks = remarksOn(course);
  return [
    `${course.direction} ${course.value_text}`,
    `source   ${course.exchanger}, ${ageOf(course.age_s)} ago, at ${course.updated_at}`,
    ...(remarks.length === 0 ? [] : [`remarks  ${remarks.join(', ')}`]),
  ].map(printable);
}

function remarksOn({ stale, quoted_in: quotedIn, diverged }: ApiCourse): string[] {
  return [
    ...(stale ? ['stale'] : []),
    ...(quotedIn === undefined ? [] : [`quoted in ${quotedIn}`]),
    ...(diverged ? ['sources differ'] : []),
  ];
}

export function candleTable(candles: readonly ApiCandle[]): string {
  return tableOf(
    ['Begins at', 'Open', 'High', 'Low', 'Close', 'Source'],
    candles.map(({ at, open, high, low, close, exchanger }) => [at, open, high, low, close, exchanger]),
  );
}

export function conversionLines(conversion: ApiConversion): string[] {
  const { amount, from, result, to, rate, path, updated_at: at, stale } = conversion;
  return [
    `${amount} ${from} = ${result} ${to}`,
    `rate     ${rate}`,
    ...(path.length === 0 ? [] : [`path     ${path.join(' → ')}`, `as of    ${at}${stale ? ', stale' : ''}`]),
  ].map(printable);
}

export function followedTable(rows: readonly ApiTradeInfo[]): string {
  return tableOf(
    ['Source', 'Symbols', 'Currencies', 'Priority', 'Stale after', 'Enabled', 'Id'],
    rows.map((row) => [
      row.exchanger,
      row.symbols.join(' '),
      row.currencies.join(' '),
      row.priority,
      `${row.stale_after_s} s`,
      row.enabled ? 'yes' : 'no',
      row.id,
    ]),
  );
}

export function alertTable(alerts: readonly ApiAlert[]): string {
  return tableOf(
    ['Pair', 'Condition', 'State', 'Fired', 'Last at', 'Tells', 'Id'],
    alerts.map((alert) => [
      alert.pair,
      conditionOf(alert),
      alert.state,
      alert.fired_count,
      alert.fired_at ?? '',
      alert.channels.map(({ kind, chat_id: chat }) => (chat ? `${kind} ${chat}` : kind)).join(', '),
      alert.id,
    ]),
  );
}

export function conditionOf({ op, value, window_s: windowS }: ApiAlert): string {
  if (op === 'change_pct') return `moves by ${value} % in ${windowS ?? 0} s`;
  return `${op} ${value}`;
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}

function tableOf(head: string[], rows: readonly (string | number)[][]): string {
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const table = new Table({
    head,
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
  });
  for (const row of rows) table.push(row.map((cell) => printable(String(cell))));
  return table.toString();
}
