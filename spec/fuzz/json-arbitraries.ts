import fc from 'fast-check';
import type { OpenApi, Schema } from '../support/open-api.js';
import { Members, RawJson } from './json-text.js';

const UUID = '0199a8a0-0000-7000-8000-000000000001';

const LONGEST_VALID = 12;
const DEEPEST = 4;

/** What breaks programs that read text. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['', ' ', '\0', 'a\0b', '\ud800', 'x\udc00y', '\ufeff', '\u202e', '\r\n', '\t', '%', '%00', '%zz'],
      ...['null', 'true', '0', '-1', '1e999', 'NaN', '__proto__', 'constructor', '$ref', '../../etc/passwd'],
      ...[
        "' or 1=1 --",
        '";drop table tasks',
        '*',
        '{}',
        '[]',
        '<script>',
        '{{7*7}}',
        UUID,
        UUID.toUpperCase(),
      ],
      ...['2026-02-30T00:00:00Z', '2026-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:60Z'],
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 5_000 }).map((n) => 'é'.repeat(n)) },
);

const oddNumber: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), Number.MAX_VALUE, 5e-324),
  fc
    .constantFrom(
      ...['9007199254740993', '9223372036854775808', '1e400', '-1e400', '1E+2', '1.0', '-0', '1e-400'],
      ...['00', '01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', '1_000', '9'.repeat(400)],
    )
    .map((text) => new RawJson(text)),
);

const large: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: 50, max: 20_000 }).map((levels) => new RawJson('['.repeat(levels) + ']'.repeat(levels))),
  fc
    .integer({ min: 50, max: 5_000 })
    .map((levels) => new RawJson(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)),
  fc.integer({ min: 1_000, max: 20_000 }).map((n) => Array.from({ length: n }, (_, i) => i)),
  fc
    .integer({ min: 1_000, max: 20_000 })
    .map((n) => new Members(Array.from({ length: n }, (_, i) => [`k${i}`, i]))),
  fc.integer({ min: 10_000, max: 1_200_000 }).map((n) => 'x'.repeat(n)),
);

const junkLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, new Members([]), []),
  oddNumber,
  oddText,
);

/** Any JSON, what is hardly JSON included; one in a hundred is huge or deep. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 70, arbitrary: junkLeaf },
  { weight: 15, arbitrary: fc.array(junkLeaf, { maxLength: 5 }) },
  {
    weight: 14,
    arbitrary: fc.array(fc.tuple(oddText, junkLeaf), { maxLength: 5 }).map((entries) => new Members(entries)),
  },
  { weight: 1, arbitrary: large },
);

type Make = (api: OpenApi, schema: Schema, depth: number) => fc.Arbitrary<unknown>;

const BY_TYPE: Readonly<Record<string, Make>> = {
  string: (_api, schema) => textFor(schema),
  integer: (_api, schema) =>
    fc.oneof(fc.maxSafeInteger(), fc.integer({ min: 0, max: 100 })).map((n) => within(n, schema)),
  number: (_api, schema) =>
    fc
      .oneof(fc.integer({ min: 0, max: 1_000 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
      .map((n) => within(n, schema)),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: itemsFor,
  object: membersFor,
};

/** Values that a schema allows. Ids that earlier answers named are put in by the caller. */
export function validFor(api: OpenApi, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const resolved = api.resolve(schema);
  const {
    anyOf,
    oneOf = anyOf,
    allOf,
    properties,
  } = resolved as Readonly<Record<string, Schema[] | undefined>>;
  if (oneOf) return fc.oneof(...oneOf.map((choice) => validFor(api, choice, depth)));
  if (Array.isArray(resolved['enum'])) return fc.constantFrom<unknown>(...(resolved['enum'] as unknown[]));
  const type = resolved['type'] ?? (properties ? 'object' : undefined);
  const make = typeof type === 'string' ? BY_TYPE[type] : undefined;
  if (make) return make(api, resolved, depth);
  return allOf?.[0] ? validFor(api, allOf[0], depth) : junkLeaf;
}

function within(
  n: number,
  { minimum = -Infinity, maximum = Infinity }: { minimum?: number; maximum?: number },
): number {
  return n >= minimum && n <= maximum ? n : Math.min(maximum, Math.max(minimum, Math.abs(n) % 1_000));
}

function textFor(schema: Schema): fc.Arbitrary<string> {
  const {
    format,
    pattern,
    minLength = 0,
    maxLength = 40,
  } = schema as {
    format?: string;
    pattern?: string;
    minLength?: number;
    maxLength?: number;
  };
  const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
    'date-time': fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((d) => d.toISOString()),
    date: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((d) => d.toISOString().slice(0, 10)),
    uuid: fc.constant(UUID),
    uri: fc.constant('http://127.0.0.1:9/nowhere'),
  };
  const known = formats[format ?? ''];
  if (known) return known;
  if (pattern !== undefined) return matching(pattern);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) });
}

/** Not every pattern can be turned round. */
function matching(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return oddText;
  }
}

function itemsFor(api: OpenApi, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const minLength = Number(schema['minItems'] ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema['maxItems'] ?? LONGEST_VALID), LONGEST_VALID));
  if (depth > DEEPEST) return fc.constant([]);
  return fc.array(validFor(api, schema['items'] as Schema, depth + 1), { minLength, maxLength });
}

function membersFor(api: OpenApi, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = (schema['required'] ?? []) as string[];
  if (depth > DEEPEST) return fc.constant({});
  const members = properties.map(([name, inner]) => {
    const value = validFor(api, inner, depth + 1).map((one) => [[name, one] as const]);
    // Fields that may lack often belong together in ways that no schema tells: most inputs do without.
    const absent = { weight: 3, arbitrary: fc.constant([]) };
    return required.includes(name) ? value : fc.oneof(absent, { weight: 1, arbitrary: value });
  });
  return fc.tuple(...members).map((entries) => Object.fromEntries(entries.flat()));
}

type Change = readonly [
  kind: 'replace' | 'remove' | 'add' | 'repeat',
  at: number,
  value: unknown,
  key: string,
];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('replace', 'replace', 'remove', 'add', 'repeat'),
  fc.nat(),
  junk,
  oddText,
);

/** What a schema allows, with one to three faults in it. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce(changed, value));
}

/** Goes down into the value by `at`, and does the change where it comes to an end. */
function changed(value: unknown, [kind, at, by, key]: Change): unknown {
  const isList = Array.isArray(value);
  if (!isList && (typeof value !== 'object' || value === null || value instanceof RawJson)) return by;
  const entries = entriesOf(value);
  const index = at % (entries.length + 1);
  const here = entries[index];
  if (here && at % 3 === 0 && typeof here[1] === 'object') {
    entries[index] = [here[0], changed(here[1], [kind, Math.floor(at / 3), by, key])];
  } else changeHere(entries, index, [kind, at, by, key]);
  return isList ? entries.map(([, item]) => item) : new Members(entries);
}

function changeHere(entries: [string, unknown][], index: number, [kind, , by, key]: Change): void {
  const here = entries[index];
  if (!here || kind === 'add') entries.push([key, by]);
  else if (kind === 'replace') entries[index] = [here[0], by];
  else if (kind === 'remove') entries.splice(index, 1);
  else entries.push([here[0], by]);
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Members) return value.entries.map(([key, inner]) => [key, inner]);
  return Object.entries(value);
}
