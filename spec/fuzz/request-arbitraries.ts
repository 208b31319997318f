import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { DocumentedParameter, OpenApi, Operation } from '../support/open-api.js';
import { junk, mutated, oddText, validFor } from './json-arbitraries.js';
import { jsonText } from './json-text.js';
import type { KnownValues } from './known-values.js';
import type { Blueprint, Framing, RequestCase } from './request-case.js';

type Text = (known: KnownValues) => string;
type Field = readonly [name: string, value: string];

const BOM = Buffer.from('\ufeff');

/** Inputs for one call: right in most parts, and wrong somewhere. */
export function requestsFor(api: OpenApi, operation: Operation): fc.Arbitrary<Blueprint> {
  return fc
    .record({
      sender: fc.nat(1_000),
      method: fc.oneof(
        { weight: 40, arbitrary: fc.constant(operation.method) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST', 'TRACE', 'PURGE'),
        },
      ),
      target: targetFor(api, operation),
      headers: headersFor(operation),
      body: bodyFor(api, operation),
      framing: framings,
    })
    .map(({ sender, method, target, headers, body, framing }) => ({
      aim: operation,
      sender,
      build: (known: KnownValues): RequestCase => ({
        method,
        target: target(known),
        headers: [['Host', '127.0.0.1'], ...(body ? body.headers : []), ...headers],
        body: body?.bytes,
        framing,
      }),
    }));
}

const framings: fc.Arbitrary<Framing> = fc.oneof(
  { weight: 60, arbitrary: fc.constant('length' as const) },
  { weight: 8, arbitrary: fc.constant('chunked' as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'too-short' as const,
      'too-long' as const,
      'both' as const,
      'bad-chunk' as const,
    ),
  },
);

function targetFor(api: OpenApi, operation: Operation): fc.Arbitrary<Text> {
  const segments = operation.path.split(/(?=\{)|(?<=\})/).map((part) => segmentFor(api, operation, part));
  const queries = operation.parameters.filter((parameter) => parameter.in === 'query');
  const strange = fc.tuple(oddText, fc.array(oddText, { maxLength: 2 }));
  return fc
    .record({
      path: fc.tuple(...segments),
      query: fc.tuple(...queries.map((parameter) => queryFor(api, parameter))),
      strange: rarely(15, strange),
      end: rarely(
        40,
        fc.constantFrom('/', '//', '?', '?&&=&', '#fragment', '?%', '?a=%ff', ';v=1', '/.', '%2f'),
      ),
    })
    .map(({ path, query, strange: unknown, end }) => (known) => {
      const pairs = query.flatMap((pair) => pair(known));
      if (unknown) pairs.push(...unknown[1].map((value) => `${encoded(unknown[0])}=${encoded(value)}`));
      const search = pairs.length > 0 ? `?${pairs.join('&')}` : '';
      return `${path.map((part) => part(known)).join('')}${search}${end ?? ''}`;
    });
}

function segmentFor(api: OpenApi, { parameters }: Operation, part: string): fc.Arbitrary<Text> {
  const name = /^\{(\w+)\}$/.exec(part)?.[1];
  if (name === undefined) return fc.constant(() => part);
  const schema =
    parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema ?? {};
  return fc.oneof(
    { weight: 12, arbitrary: knownOr(name, validFor(api, schema)) },
    { weight: 1, arbitrary: validFor(api, schema).map((value) => () => encoded(String(value)) || 'x') },
    {
      weight: 2,
      arbitrary: fc.tuple(oddText, fc.nat(2)).map(
        ([text, how]) =>
          () =>
            written(text, how) || 'x',
      ),
    },
  );
}

function knownOr(name: string, other: fc.Arbitrary<unknown>): fc.Arbitrary<Text> {
  return fc.tuple(fc.nat(), other).map(
    ([pick, value]) =>
      (known: KnownValues) =>
        encoded(known.get(name, pick) ?? String(value)) || 'x',
  );
}

function queryFor(
  api: OpenApi,
  { name, schema, required }: DocumentedParameter,
): fc.Arbitrary<(known: KnownValues) => string[]> {
  const value: fc.Arbitrary<Text> = fc.oneof(
    { weight: 3, arbitrary: validFor(api, schema).map((valid) => () => encoded(asText(valid))) },
    { weight: 2, arbitrary: knownOr(name, oddText) },
    {
      weight: 1,
      arbitrary: fc.tuple(oddText, fc.nat(2)).map(
        ([text, how]) =>
          () =>
            written(text, how),
      ),
    },
  );
  const times = fc.constantFrom(...(required ? [1, 1, 1, 1, 0, 2] : [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]));
  const key = fc.constantFrom(
    ...Array.from({ length: 12 }, () => name),
    `${name}[]`,
    `${name}[a]`,
    name.toUpperCase(),
  );
  return fc.tuple(key, value, times).map(
    ([written, text, n]) =>
      (known) =>
        Array.from({ length: n }, () => `${written}=${text(known)}`),
  );
}

function asText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(',') : String(value);
}

/** Percent-encoded as it should be; twice; or not at all, with what would end the request line left out. */
function written(text: string, how: number): string {
  if (how === 0) return encoded(text);
  if (how === 1) return encoded(encoded(text));
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\x21-\xff]|[?#/\x7f-\xa0]/g, '%')
    .slice(0, 200);
}

function encoded(text: string): string {
  // Lone surrogates have no encoding; as bytes they are U+FFFD.
  return encodeURIComponent(Buffer.from(text).toString()).slice(0, 3_000);
}

const HEADER_VALUES: Readonly<Record<string, readonly string[]>> = {
  Prefer: [
    'wait=1',
    'wait=2',
    'wait=0',
    'wait=-1',
    'wait=1e9',
    'wait',
    'wait="1"',
    'respond-async, wait=1',
    'wait=1; x',
    ',,;=',
  ],
  'If-Match': ['*', '"x"', 'W/"pending-0"', '"pending-0"', '"', ',', '"completed-1", "x"'],
  'If-None-Match': ['*', '"x"', 'W/"x"', ''],
  'Idempotency-Key': ['k', 'k1', 'with space', 'x'.repeat(255), 'x'.repeat(256), '""', ''],
  'X-Request-Id': ['r-1', 'a b', 'x'.repeat(129), '', '../..', '{}'],
  traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', 'ff-x', ''],
  Accept: ['text/csv', 'application/xml', '*/*', 'text/*;q=0.1', 'application/json;q=0', ';;', ''],
  Origin: ['http://evil.example', 'null', 'http://127.0.0.1'],
  'Sec-Fetch-Site': ['cross-site', 'same-origin', 'none', 'x'],
  'X-Forwarded-For': ['1.2.3.4', '::1', 'x', ',,,'],
  Expect: ['100-continue', '200-ok'],
  Range: ['bytes=0-1'],
  Cookie: ['a=b'],
  'Accept-Encoding': ['gzip', '*;q=0'],
  Connection: ['keep-alive', 'close', 'keep-alive, te'],
  'X-HTTP-Method-Override': ['DELETE'],
};

function headersFor({ parameters }: Operation): fc.Arbitrary<Field[]> {
  const declared = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const names = [...Object.keys(HEADER_VALUES), ...declared, ...declared];
  const field = fc
    .constantFrom(...names)
    .chain((name) =>
      fc
        .oneof(
          { weight: 4, arbitrary: fc.constantFrom<string>(...(HEADER_VALUES[name] ?? ['x'])) },
          { weight: 1, arbitrary: oddText.map(asFieldValue) },
        )
        .map((value): Field => [name, value]),
    );
  // Equal ones in a row come now and then by themselves; here they do so often.
  const repeated = fc.tuple(field, fc.boolean()).map(([one, twice]) => (twice ? [one, one] : [one]));
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Field[]>([]) },
    { weight: 3, arbitrary: field.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(repeated, { maxLength: 6 }).map((fields) => fields.flat()) },
  );
}

function asFieldValue(text: string): string {
  // Control characters in a header are no HTTP; that is tried with raw bytes.
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 2_000);
}

interface Body {
  headers: Field[];
  bytes: Buffer;
}

const TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/merge-patch+json',
];
const ODD_TYPES = [
  'application/json; charset=latin1',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/jsonx',
  'application/json;',
  ';',
  '',
  'é',
];

const contentType: fc.Arbitrary<Field[]> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Field[]>([['Content-Type', 'application/json']]) },
  { weight: 3, arbitrary: fc.constantFrom(...TYPES).map((type): Field[] => [['Content-Type', type]]) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TYPES).map((type): Field[] => [['Content-Type', type]]) },
  { weight: 1, arbitrary: fc.constant<Field[]>([]) },
  {
    weight: 1,
    arbitrary: fc.constant<Field[]>([
      ['Content-Type', 'application/json'],
      ['Content-Encoding', 'gzip'],
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Field[]>([
      ['Content-Type', 'application/json'],
      ['Content-Type', 'text/plain'],
    ]),
  },
);

function bodyFor(api: OpenApi, { body }: Operation): fc.Arbitrary<Body | undefined> {
  const valid = body ? validFor(api, body) : fc.constant({});
  const some = fc.oneof(
    { weight: 8, arbitrary: bytesFor(valid) },
    { weight: 8, arbitrary: bytesFor(mutated(valid)) },
    { weight: 2, arbitrary: bytesFor(junk) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(valid, fc.nat(), fc.nat(7))
        .map(([value, at, how]) => damaged(jsonText(value), at, how)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  );
  const sent = fc.tuple(contentType, some).map(([headers, bytes]): Body => ({ headers, bytes }));
  return body
    ? fc.oneof({ weight: 30, arbitrary: sent }, { weight: 1, arbitrary: fc.constant(undefined) })
    : rarely(12, sent);
}

function bytesFor(value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  return value.map((json) => Buffer.from(jsonText(json)));
}

/** Text that was JSON. */
function damaged(json: string, at: number, how: number): Buffer {
  const cut = at % (json.length + 1);
  const [before, after] = [json.slice(0, cut), json.slice(cut)];
  switch (how) {
    case 0:
      return Buffer.concat([BOM, Buffer.from(json)]);
    case 1:
      return Buffer.from(before);
    case 2:
      return Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from(after)]);
    case 3:
      return Buffer.from(`${json}${json}`);
    case 4:
      return Buffer.from(json, 'utf16le');
    case 5:
      return gzipSync(json);
    case 6:
      return Buffer.from(`${before},${after}`);
    default:
      return Buffer.from(` \t\r\n${json}\n\0`);
  }
}

/** Once in `times`. */
function rarely<T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}
