/** The part of a stored report that a CSV shows. */
interface StoredReport {
  data: readonly StoredPhone[];
}

interface StoredPhone {
  phone: number;
  cnt_all_attempts: number;
  cnt_att_dur: Readonly<Record<string, number>>;
  min_price_att: number;
  max_price_att: number;
  avg_dur_att: number;
  sum_price_att_over_15: number;
}

const DURATION_CLASSES = ['10_sec', '10_30_sec', '30_sec'] as const;

const HEADER = [
  'phone',
  'cnt_all_attempts',
  ...DURATION_CLASSES.map((name) => `cnt_att_dur.${name}`),
  'min_price_att',
  'max_price_att',
  'avg_dur_att',
  'sum_price_att_over_15',
].join(',');

/** A stored report (JSON text) as CSV by RFC 4180: a header, a line a phone, CRLF. Numbers alone, so nothing is quoted. */
export function reportToCsv(body: string): string {
  const report = JSON.parse(body) as StoredReport;
  const lines = report.data.map((row) =>
    [
      row.phone,
      row.cnt_all_attempts,
      ...DURATION_CLASSES.map((name) => row.cnt_att_dur[name]),
      row.min_price_att,
      row.max_price_att,
      row.avg_dur_att,
      row.sum_price_att_over_15,
    ].join(','),
  );
  return `${[HEADER, ...lines].join('\r\n')}\r\n`;
}
