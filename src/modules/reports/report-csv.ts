/** The part of a stored report that a CSV shows. */
interface StoredReport {
  data: readonly StoredPhone[];
  /** Where the prices were asked for in another currency. */
  currency?: { code: string; rate: string; rate_at: string };
}

interface Prices {
  min_price_att: number;
  max_price_att: number;
  sum_price_att_over_15: number;
}

interface StoredPhone extends Prices {
  phone: number;
  cnt_all_attempts: number;
  cnt_att_dur: Readonly<Record<string, number>>;
  avg_dur_att: number;
  in_currency?: Prices;
}

const DURATION_CLASSES = ['10_sec', '10_30_sec', '30_sec'] as const;

const COLUMNS = [
  'phone',
  'cnt_all_attempts',
  ...DURATION_CLASSES.map((name) => `cnt_att_dur.${name}`),
  'min_price_att',
  'max_price_att',
  'avg_dur_att',
  'sum_price_att_over_15',
];

const CURRENCY_COLUMNS = [
  ...['min_price_att', 'max_price_att', 'sum_price_att_over_15'].map((name) => `in_currency.${name}`),
  'currency',
  'rate',
  'rate_at',
];

/**
 * A stored report (JSON text) as CSV by RFC 4180: a header, a line a phone, CRLF. Numbers and names alone, so nothing is
 * quoted. Prices in another currency follow behind, where the report has them.
 */
export function reportToCsv(body: string): string {
  const { data, currency } = JSON.parse(body) as StoredReport;
  const header = currency ? [...COLUMNS, ...CURRENCY_COLUMNS] : COLUMNS;
  const lines = data.map((row) => [...valuesOf(row), ...(currency ? currencyValuesOf(row, currency) : [])]);
  return `${[header, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function valuesOf(row: StoredPhone): number[] {
  return [
    row.phone,
    row.cnt_all_attempts,
    ...DURATION_CLASSES.map((name) => row.cnt_att_dur[name]!),
    row.min_price_att,
    row.max_price_att,
    row.avg_dur_att,
    row.sum_price_att_over_15,
  ];
}

function currencyValuesOf(
  { in_currency: prices }: StoredPhone,
  { code, rate, rate_at: at }: NonNullable<StoredReport['currency']>,
): (string | number)[] {
  const { min_price_att: min, max_price_att: max, sum_price_att_over_15: sum } = prices!;
  return [min, max, sum, code, rate, at];
}
