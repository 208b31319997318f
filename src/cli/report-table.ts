import Table from 'cli-table3';
import type { ApiPhone, ApiReport } from './api-types.js';

const HEAD = [
  'Phone',
  'Attempts',
  '≤ 10 s',
  '10–30 s',
  '> 30 s',
  'Min price',
  'Max price',
  'Avg s',
  'Price over 15 s',
];

const MOST_LISTED = 20;

/** A report for people to read. */
export function reportTable(report: ApiReport, { color }: { color: boolean }): string {
  const table = new Table({
    head: HEAD,
    colAligns: HEAD.map(() => 'right' as const),
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
  });
  for (const phone of report.data) table.push(rowOf(phone));
  return [
    table.toString(),
    ...notFoundLines(report.not_found ?? []),
    `took ${report.total_duration.toFixed(3)} s`,
  ].join('\n');
}

function rowOf(phone: ApiPhone): (string | number)[] {
  const counts = phone.cnt_att_dur;
  return [
    phone.phone,
    phone.cnt_all_attempts,
    counts['10_sec'],
    counts['10_30_sec'],
    counts['30_sec'],
    decimal(phone.min_price_att),
    decimal(phone.max_price_att),
    decimal(phone.avg_dur_att),
    decimal(phone.sum_price_att_over_15),
  ];
}

/** At most three decimals, none that say nothing. */
function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function notFoundLines(phones: readonly number[]): string[] {
  if (phones.length === 0) return [];
  const more = phones.length > MOST_LISTED ? ` and ${phones.length - MOST_LISTED} more` : '';
  return [`not in the data: ${phones.slice(0, MOST_LISTED).join(', ')}${more}`];
}
