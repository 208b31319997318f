/** Browsers offer randomUUID to https and loopback pages alone. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The three classes of a phone's attempts by duration, shortest first. */
export function classesOf({ cnt_att_dur: counts }) {
  return [counts['10_sec'], counts['10_30_sec'], counts['30_sec']];
}

/** Rows in the order of a column; phones that are equal in it stay in the order asked for. */
export function sorted(rows, { key, descending }) {
  const of = COLUMNS[key];
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * (of(a) - of(b)));
}

const COLUMNS = {
  phone: (row) => row.phone,
  attempts: (row) => row.cnt_all_attempts,
  short: (row) => classesOf(row)[0],
  middle: (row) => classesOf(row)[1],
  long: (row) => classesOf(row)[2],
  least: (row) => row.min_price_att,
  most: (row) => row.max_price_att,
  mean: (row) => row.avg_dur_att,
  sum: (row) => row.sum_price_att_over_15,
};
