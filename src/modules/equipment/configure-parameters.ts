import { invalidInput } from '../../kernel/errors.js';
import type { FieldError } from '../../kernel/errors.js';

/** What a device is to be configured with. */
export interface ConfigureParameters {
  username: string;
  /** In the clear: only in memory, and on the way to the provisioning service. */
  password: string;
  vlan: number | null;
  interfaces: number[];
}

const KNOWN = new Set(['username', 'password', 'vlan', 'interfaces']);
const LONGEST_TEXT = 256;
const MOST_INTERFACES = 1_000;
const MOST_VLAN = 4_094;
const SHOWN_CHARACTERS = 64;
const MOST_ERRORS = 100;

/**
 * The parameters of a request as it came; an array of one such object is that object.
 * Throws a 422 that names every wrong field below `at`, and shows nothing of the password.
 */
export function validParameters(raw: unknown, at = '/parameters'): ConfigureParameters {
  const errors: FieldError[] = [];
  const parameters = parseParameters(raw, at, errors);
  if (!parameters || errors.length > 0) throw invalidInput(errors);
  return parameters;
}

/** The parameters of a body that was checked by its schema. */
export function parametersOf(checked: ParametersIn | readonly ParametersIn[]): ConfigureParameters {
  const { username, password, vlan, interfaces } = (
    Array.isArray(checked) ? checked[0] : checked
  ) as ParametersIn;
  return { username, password, vlan: vlan ?? null, interfaces };
}

type ParametersIn = Omit<ConfigureParameters, 'vlan'> & { vlan?: number | null };

/** Like `validParameters`, for whoever has more to check: adds to `errors`. Fields that are not known may be let pass. */
export function parseParameters(
  raw: unknown,
  at: string,
  errors: FieldError[],
  others: 'refused' | 'ignored' = 'refused',
): ConfigureParameters | undefined {
  const isList = Array.isArray(raw);
  const value: unknown = isList && raw.length === 1 ? raw[0] : raw;
  const pointer = isList ? `${at}/0` : at;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    errors.push({ pointer: at, detail: `must be an object, or an array of one, ${form(raw)}` });
    return undefined;
  }
  const found = value as Record<string, unknown>;
  if (others === 'refused') refuseOthers(found, pointer, errors);
  return {
    username: text(found['username'], `${pointer}/username`, errors, true),
    password: text(found['password'], `${pointer}/password`, errors, false),
    vlan: vlan(found['vlan'], `${pointer}/vlan`, errors),
    interfaces: interfaces(found['interfaces'], `${pointer}/interfaces`, errors),
  };
}

function refuseOthers(found: object, pointer: string, errors: FieldError[]): void {
  const unknown = Object.keys(found).filter((name) => !KNOWN.has(name));
  for (const name of unknown.slice(0, MOST_ERRORS)) {
    errors.push({ pointer: `${pointer}/${escaped(name)}`, detail: 'is not a known field' });
  }
}

function text(value: unknown, pointer: string, errors: FieldError[], shown: boolean): string {
  if (typeof value === 'string' && value.length >= 1 && value.length <= LONGEST_TEXT) return value;
  const got = shown || value === undefined ? came(value) : 'got something that is not shown here';
  errors.push({ pointer, detail: `must be a string of 1 to ${LONGEST_TEXT} characters, ${got}` });
  return '';
}

function vlan(value: unknown, pointer: string, errors: FieldError[]): number | null {
  if (value === undefined || value === null) return null;
  if (isWhole(value, 1, MOST_VLAN)) return value;
  errors.push({ pointer, detail: `must be a whole number from 1 to ${MOST_VLAN}, ${came(value)}` });
  return null;
}

function interfaces(value: unknown, pointer: string, errors: FieldError[]): number[] {
  if (!Array.isArray(value) || value.length > MOST_INTERFACES) {
    const expected = `must be an array of at most ${MOST_INTERFACES} whole numbers ≥ 1`;
    errors.push({ pointer, detail: `${expected}, ${form(value)}` });
    return [];
  }
  value.forEach((item: unknown, index) => {
    if (isWhole(item, 1, Number.MAX_SAFE_INTEGER) || errors.length >= MOST_ERRORS) return;
    errors.push({ pointer: `${pointer}/${index}`, detail: `must be a whole number ≥ 1, ${came(item)}` });
  });
  return value as number[];
}

export function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** What came in place of what may hold a password: no text of it is shown. */
function form(value: unknown): string {
  return typeof value === 'string' ? 'got a text' : came(value);
}

/** What came, for people. */
export function came(value: unknown): string {
  if (value === undefined) return 'got nothing';
  if (Array.isArray(value)) return `got an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'got an object';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, SHOWN_CHARACTERS) : value);
  return `got ${json}`;
}

function escaped(name: string): string {
  return name.slice(0, SHOWN_CHARACTERS).replaceAll('~', '~0').replaceAll('/', '~1');
}
