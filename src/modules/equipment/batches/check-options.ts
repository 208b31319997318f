import { storableText } from '../configure-task.js';
import { came, isWhole } from '../configure-parameters.js';
import { MOST_DEVICES } from './batch.js';
import type { BatchOptions } from './batch.js';
import type { Faults } from './faults.js';

/** What a batch does where it is not told otherwise. */
export const DEFAULT_OPTIONS: BatchOptions = {
  name: null,
  canary: 10,
  stopAtFailureShare: 0.2,
  maxAttempts: 1,
  inFlight: 20,
  timeoutInSeconds: 60,
  supersede: false,
  expiresAt: null,
};

const LONGEST_NAME = 128;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

type Check<T> = (value: unknown) => T | undefined;

interface Option<K extends keyof BatchOptions> {
  key: K;
  expected: string;
  check: Check<BatchOptions[K]>;
}

const whole =
  (min: number, max: number): Check<number> =>
  (value) =>
    isWhole(value, min, max) ? value : undefined;

const option = <K extends keyof BatchOptions>(
  key: K,
  expected: string,
  check: Check<BatchOptions[K]>,
): Option<K> => ({ key, expected, check });

/** By the name that they have outside. */
const OPTIONS = {
  name: option('name', `a string of 1 to ${LONGEST_NAME} characters`, (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= LONGEST_NAME
      ? storableText(value)
      : undefined,
  ),
  canary: option('canary', `a whole number from 0 to ${MOST_DEVICES}`, whole(0, MOST_DEVICES)),
  stop_at_failure_share: option('stopAtFailureShare', 'a number above 0, at most 1', (value) =>
    typeof value === 'number' && value > 0 && value <= 1 ? value : undefined,
  ),
  max_attempts: option('maxAttempts', 'a whole number from 1 to 5', whole(1, 5)),
  in_flight: option('inFlight', 'a whole number from 1 to 500', whole(1, 500)),
  timeout_in_seconds: option('timeoutInSeconds', 'a whole number from 1 to 900', whole(1, 900)),
  supersede: option('supersede', 'true or false', (value) =>
    typeof value === 'boolean' ? value : undefined,
  ),
  expires_at: option('expiresAt', 'a time to come, by RFC 3339', (value) =>
    typeof value === 'string' && RFC3339.test(value) ? Date.parse(value) || undefined : undefined,
  ),
};

export const OPTION_NAMES: ReadonlySet<string> = new Set(Object.keys(OPTIONS));

/** The options that came, over the defaults. Null is as if it were not there. */
export function checkOptions(
  raw: Readonly<Record<string, unknown>>,
  now: number,
  faults: Faults,
): BatchOptions {
  const checked: Partial<BatchOptions> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || value === null) continue;
    if (isKnown(name)) take(checked, OPTIONS[name] as Option<keyof BatchOptions>, name, value, faults);
    else faults.add(`/${name.slice(0, 64)}`, 'is not a known field');
  }
  if (checked.expiresAt !== undefined && checked.expiresAt !== null && checked.expiresAt <= now)
    faults.add('/expires_at', 'must be a time to come');
  return { ...DEFAULT_OPTIONS, ...checked };
}

function take<K extends keyof BatchOptions>(
  into: Partial<BatchOptions>,
  { key, expected, check }: Option<K>,
  name: string,
  value: unknown,
  faults: Faults,
): void {
  const taken = check(value);
  if (taken === undefined) faults.add(`/${name}`, `must be ${expected}, ${came(value)}`);
  else into[key] = taken;
}

function isKnown(name: string): name is keyof typeof OPTIONS {
  return Object.hasOwn(OPTIONS, name);
}
