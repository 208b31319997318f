/** Digits before and after the point that a price may have; others are taken for a fault of their source. */
const MOST_WHOLE_DIGITS = 20;
const MOST_FRACTION_DIGITS = 30;
const FORM = /^(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d{1,3}))?$/;
/** What nearly every price looks like. */
const PLAIN = /^(?:0|[1-9]\d{0,19})(?:\.\d{0,29}[1-9])?$/;

/**
 * The one way to write a decimal ≥ 0: no exponent, no sign, no zeros that say nothing. `1e-12` is `0.000000000001`,
 * `54000.10` is `54000.1`. Undefined for what is none, or has more than 20 digits before or 30 after the point.
 */
export function canonicalDecimal(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const groups = text.length > 200 ? undefined : FORM.exec(text)?.groups;
  if (!groups) return undefined;
  const { whole = '', fraction = '', exponent = '0' } = groups;
  return placed(whole + fraction, whole.length + Number(exponent));
}

/** `digits` with the point before the digit at `point`, which may lie outside of them. */
function placed(digits: string, point: number): string | undefined {
  const padded = digits.padEnd(Math.max(point, 0), '0').padStart(digits.length - Math.min(point, 0), '0');
  const at = Math.max(point, 0);
  const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const fraction = padded.slice(at).replace(/0+$/, '');
  if (whole.length > MOST_WHOLE_DIGITS || fraction.length > MOST_FRACTION_DIGITS) return undefined;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Below, at or above 0, of two decimals in canonical form. */
export function compareDecimals(a: string, b: string): number {
  const [wholeA, wholeB] = [wholeDigits(a), wholeDigits(b)];
  if (wholeA !== wholeB) return wholeA - wholeB;
  // As many digits before the point, and none after it that say nothing: texts are in the order of numbers.
  return a === b ? 0 : a < b ? -1 : 1;
}

/** A text whose order among its like is the order of numbers, for a database. */
export function sortableDecimal(canonical: string): string {
  return '0'.repeat(MOST_WHOLE_DIGITS - wholeDigits(canonical)) + canonical;
}

export function fromSortable(text: string): string {
  return text.replace(/^0+(?=\d)/, '');
}

function wholeDigits(text: string): number {
  const point = text.indexOf('.');
  return point === -1 ? text.length : point;
}
