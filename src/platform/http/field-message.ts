import type { Models, Schema } from './route-table.js';
import { limit } from './schema-scalars.js';

const SHOWN_CHARACTERS = 64;
const MUST_BE = 'must be ';
const SECRET = /password|passwd|secret|token|authorization/i;

/** What came, for people: JSON cut to 64 characters, a count for arrays, nothing for secrets and texts that name one. */
export function got(value: unknown, path: readonly (string | number)[]): string {
  if ([...path, value].some((part) => typeof part === 'string' && SECRET.test(part)))
    return 'got something that is not shown here';
  if (value === undefined) return 'got nothing';
  if (Array.isArray(value)) return `got an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'got an object';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, SHOWN_CHARACTERS + 1) : value);
  return `got ${json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json}`;
}

/** RFC 6901. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const PLAIN: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  datetime: 'a time by RFC 3339',
  date: 'a date (YYYY-MM-DD)',
  array: 'an array',
};

/** "a whole number ≥ 0": what a schema takes, to follow "must be". */
export function expected(schema: Schema, models: Models): string {
  const own = ownWords(schema);
  return own?.startsWith(MUST_BE) ? own.slice(MUST_BE.length) : expectedOfType(schema, models, own);
}

function expectedOfType(schema: Schema, models: Models, own: string | undefined): string {
  switch (schema.dataType) {
    case 'integer':
    case 'long':
      return `a whole number${range(schema)}`;
    case 'float':
    case 'double':
      return `a number${range(schema)}`;
    case 'string':
      return `a string${length(schema)}${own === undefined ? form(schema) : `, and ${own}`}`;
    case 'union':
      return alternatives(
        (schema.subSchemas ?? []).map((one) => limitedBy(schema, one)),
        models,
      );
    default:
      return PLAIN[schema.dataType ?? ''] ?? expectedOfModel(schema, models);
  }
}

function expectedOfModel(schema: Schema, models: Models): string {
  if (schema.enums) return oneOf(schema.enums);
  const model = schema.ref === undefined ? undefined : models[schema.ref];
  if (model?.dataType === 'refAlias') return expected(model.type, models);
  if (model?.dataType === 'refEnum') return oneOf(model.enums);
  return 'an object';
}

function alternatives(schemas: readonly Schema[], models: Models): string {
  const known = schemas.filter((schema) => schema.dataType !== 'undefined');
  if (known.every((schema) => schema.dataType === 'enum'))
    return oneOf(known.flatMap((schema) => schema.enums ?? []));
  return [...new Set(known.map((schema) => oneWay(schema, models)))].join(' or ');
}

/** A list that may stand for something else has its size told: one that is refused may still be a list. */
function oneWay(schema: Schema, models: Models): string {
  const [min, max] = [limit(schema, 'minItems'), limit(schema, 'maxItems')];
  const isBounded = schema.dataType === 'array' && (min ?? max) !== undefined;
  return isBounded ? `an array of ${howMany(min, max)}` : expected(schema, models);
}

/** The limits of a field that may be null stand at its union. */
function limitedBy({ validators }: Schema, one: Schema): Schema {
  return { ...one, validators: { ...validators, ...one.validators } };
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length === 1 ? shown[0]! : `one of ${shown.join(', ')}`;
}

/** A controller's own message for a constraint: `@pattern ^x$ must be an x` says it all, `must have an x` is said beside the rest. */
function ownWords(schema: Schema): string | undefined {
  for (const [name, validator] of Object.entries(schema.validators ?? {})) {
    if (name.startsWith('is')) continue; // of the type, where we say more: its range too
    const words = (validator as { errorMsg?: unknown } | undefined)?.errorMsg;
    if (typeof words === 'string') return words;
  }
  return undefined;
}

function range(schema: Schema): string {
  return between(limit(schema, 'minimum'), limit(schema, 'maximum'), '');
}

function length(schema: Schema): string {
  const characters = between(limit(schema, 'minLength'), limit(schema, 'maxLength'), ' characters');
  return `${characters && ' of'}${characters.replace(' from', '')}`;
}

function form(schema: Schema): string {
  const pattern: unknown = schema.validators?.pattern?.value;
  return typeof pattern === 'string' ? ` that matches ${pattern}` : '';
}

/** "at least 1 item", "at most 9 items", "1 to 9 items". */
export function howMany(min = 0, max = Infinity): string {
  const items = (n: number): string => (n === 1 ? '1 item' : `${n} items`);
  if (max === Infinity) return `at least ${items(min)}`;
  if (min === 0) return `at most ${items(max)}`;
  return min === max ? items(min) : `${min} to ${items(max)}`;
}

/** " ≥ 1", " ≤ 9", " from 1 to 9" or nothing. */
function between(min: number | undefined, max: number | undefined, unit: string): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}${unit}`;
  if (min !== undefined) return ` ≥ ${min}${unit}`;
  return max === undefined ? '' : ` ≤ ${max}${unit}`;
}
