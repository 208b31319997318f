import { isSecret } from './secret-keys.js';

/** Text that is JSON as it stands between quotes, and holds no credential: ids, names, words. */
const PLAIN = /^[\w.-]{0,256}$/;
const MOST_NAMES = 1_000;
/** Of all members of a line; the general way cuts what is longer. */
const LONGEST = 4_096;

/** `,"name":` of what may be shown; undefined for a secret, and for what needs escapes. */
const names = new Map<string, string | undefined>();

export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Fields as JSON members, each behind its comma, where all are numbers and plain texts, as in a line of the access
 * log; undefined for any others. A line comes with every request, and this takes a third of the general way.
 */
export function plainMembers(fields: object): string | undefined {
  try {
    // No error, nothing inherited.
    return Object.getPrototypeOf(fields) === Object.prototype ? joined(fields) : undefined;
  } catch {
    return undefined; // a getter threw; the general way says so
  }
}

function joined(fields: object): string | undefined {
  let members = '';
  for (const key in fields) {
    const value = (fields as Record<string, unknown>)[key];
    const name = nameOf(key);
    if (name === undefined || members.length > LONGEST) return undefined;
    if (typeof value === 'string' && PLAIN.test(value)) members += `${name}"${value}"`;
    else if (typeof value === 'number' && Number.isFinite(value)) members += name + String(value);
    else return undefined;
  }
  return members;
}

function nameOf(key: string): string | undefined {
  const known = names.get(key);
  if (known !== undefined || names.has(key)) return known;
  const name = PLAIN.test(key) && !isSecret(key, '') ? `,"${key}":` : undefined;
  if (names.size < MOST_NAMES && key.length <= 64) names.set(key, name);
  return name;
}
