/** An exact number ≥ 0: a quotient of whole numbers. */
export interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/** Of a decimal in canonical form. */
export function ratioOf(decimal: string): Ratio {
  const [whole = '', fraction = ''] = decimal.split('.');
  return { over: BigInt(whole + fraction), under: 10n ** BigInt(fraction.length) };
}

export function times(a: Ratio, b: Ratio): Ratio {
  return { over: a.over * b.over, under: a.under * b.under };
}

/** Undefined for a division by 0. */
export function dividedBy(a: Ratio, b: Ratio): Ratio | undefined {
  return b.over === 0n ? undefined : { over: a.over * b.under, under: a.under * b.over };
}

/** Digits of a decimal that has no end: after the point, or more where it begins with zeros there. */
const FRACTION_DIGITS = 18;
const SIGNIFICANT_DIGITS = 20;

/**
 * As a decimal: exact where it ends within 18 digits after the point, else rounded half up there. A small number has
 * 20 significant digits instead, however far behind the point they begin.
 */
export function decimalOf(ratio: Ratio, fractionDigits = digitsFor(ratio)): string {
  const scale = 10n ** BigInt(fractionDigits);
  const rounded = (2n * ratio.over * scale + ratio.under) / (2n * ratio.under);
  const digits = rounded.toString().padStart(fractionDigits + 1, '0');
  const at = digits.length - fractionDigits;
  const fraction = digits.slice(at).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, at) : `${digits.slice(0, at)}.${fraction}`;
}

function digitsFor({ over, under }: Ratio): number {
  if (over === 0n) return 0;
  const zeros = under.toString().length - over.toString().length;
  return Math.max(FRACTION_DIGITS, zeros + SIGNIFICANT_DIGITS);
}
