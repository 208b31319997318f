import type { Schema } from './route-table.js';

/** Not a value of the schema. */
export const REFUSED = Symbol('refused');

type LimitName = 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems';
type Scalar = (value: unknown, schema: Schema, fromText: boolean) => unknown;

const WHOLE = /^-?\d{1,16}$/;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const patterns = new Map<string, RegExp>();

/**
 * How each scalar type is read; the answer is the value, or REFUSED. Text is turned into numbers and
 * flags only where it can be nothing else (query, path, headers), never in a body.
 */
export const scalars: Readonly<Record<string, Scalar>> = {
  integer: whole,
  long: whole,
  float: decimal,
  double: decimal,
  string: text,
  boolean: flag,
  enum: member,
  datetime: (value) => time(value, RFC3339),
  date: (value) => time(value, /^\d{4}-\d\d-\d\d$/),
  any: (value) => value,
  undefined: (value) => (value === undefined ? value : REFUSED),
};

function whole(value: unknown, schema: Schema, fromText: boolean): unknown {
  const number = fromText && typeof value === 'string' && WHOLE.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? inRange(number as number, schema) : REFUSED;
}

function decimal(value: unknown, schema: Schema, fromText: boolean): unknown {
  const number = fromText && typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? inRange(number, schema) : REFUSED;
}

function inRange(value: number, schema: Schema): unknown {
  const fits =
    value >= (limit(schema, 'minimum') ?? -Infinity) && value <= (limit(schema, 'maximum') ?? Infinity);
  return fits ? value : REFUSED;
}

/** A numeric constraint of a schema, where it has it. */
export function limit(schema: Schema, name: LimitName): number | undefined {
  const value: unknown = schema.validators?.[name]?.value;
  return value === undefined ? undefined : Number(value);
}

function text(value: unknown, schema: Schema): unknown {
  if (typeof value !== 'string') return REFUSED;
  if (value.length < (limit(schema, 'minLength') ?? 0)) return REFUSED;
  if (value.length > (limit(schema, 'maxLength') ?? Infinity)) return REFUSED;
  const pattern: unknown = schema.validators?.pattern?.value;
  return typeof pattern !== 'string' || compiled(pattern).test(value) ? value : REFUSED;
}

function compiled(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) patterns.set(source, (pattern = new RegExp(source)));
  return pattern;
}

function flag(value: unknown, _schema: Schema, fromText: boolean): unknown {
  if (typeof value === 'boolean') return value;
  if (fromText && (value === 'true' || value === 'false')) return value === 'true';
  return REFUSED;
}

export function member(
  value: unknown,
  schema: { enums?: readonly (string | number | boolean | null)[] },
  fromText: boolean,
): unknown {
  for (const known of schema.enums ?? []) {
    if (known === value || (fromText && known !== null && String(known) === value)) return known;
  }
  return REFUSED;
}

function time(value: unknown, form: RegExp): unknown {
  if (typeof value !== 'string' || !form.test(value)) return REFUSED;
  const parsed = new Date(value);
  return Number.isNaN(parsed.getTime()) ? REFUSED : parsed;
}
