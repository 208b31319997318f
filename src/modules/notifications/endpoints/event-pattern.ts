/** `*`, `task.*` or `task.failed`. */
export const EVENT_PATTERN = /^(\*|[a-z][a-z0-9-]{0,63}\.(\*|[a-z][a-z0-9-]{0,63}))$/;

/** Of these nobody is told: it would beget itself. */
const OWN_PREFIX = 'delivery.';

export function mayBeDelivered(type: string): boolean {
  return !type.startsWith(OWN_PREFIX);
}

export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matches(pattern, type));
}

function matches(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/** Of `patterns`, those that none of the known types can match. */
export function unknownPatterns(patterns: readonly string[], known: readonly string[]): string[] {
  return patterns.filter((pattern) => pattern !== '*' && !known.some((type) => matches(pattern, type)));
}
