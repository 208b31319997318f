/** Epoch ms in as many digits as they will need until the year 33658, so that texts sort as times do. */
export const STAMP_DIGITS = 15;

/** The value with its expiry in front, so that stores without a time to live can tell. */
export function stamped(value: string, expiresAt: number): string {
  return stampOf(expiresAt) + value;
}

export function stampOf(epochMs: number): string {
  return String(Math.max(0, Math.ceil(epochMs))).padStart(STAMP_DIGITS, '0');
}

/** Undefined where it has expired or is not stamped. */
export function unstamped(text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const expiresAt = Number(text.slice(0, STAMP_DIGITS));
  return expiresAt > nowMs ? text.slice(STAMP_DIGITS) : undefined;
}
