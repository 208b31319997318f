import fc from 'fast-check';

/** Texts that look like structure to a careless reader. */
const TRAPS = [
  '}',
  '{"phone"',
  '},{"phone":1,"start_date":1,"end_date":2},{"phone":1,"start_date":1,"end_date":2},',
  ']',
  '\\"',
  '"phone": 3',
  'é漢😀',
  '\u0000\n\t',
];

const space = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', ' ') },
  { weight: 1, arbitrary: fc.stringMatching(/^[ \t\r\n]{0,5}$/) },
);

const smallPhone = fc.nat({ max: 5 });
const phone = fc.oneof({ weight: 5, arbitrary: smallPhone }, fc.maxSafeNat());
const start = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1_682_000_000_000, max: 1_682_000_200_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -8.64e15, max: 8.64e15 }) },
);
const duration = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(0, 9_999, 10_000, 10_001, 15_000, 15_001, 30_000, 30_001, 120_000),
  },
  { weight: 1, arbitrary: fc.nat({ max: 8.64e15 }) },
);

/** A whole number as JSON may write it. */
function written(value: number): fc.Arbitrary<string> {
  const digits = String(value);
  const forms = [digits, `${digits}.0`, `${digits}.000`, `${digits}e0`, `${digits}E+00`];
  if (value !== 0 && digits.length < 14) forms.push(`${digits}0e-1`, `${digits}000.0E-3`);
  if (Number(`${digits.slice(0, -1)}.${digits.at(-1)!}e1`) === value && /^-?\d\d/.test(digits)) {
    forms.push(`${digits.slice(0, -1)}.${digits.at(-1)!}e1`);
  }
  if (value === 0) forms.push('-0', '0.0e5');
  return fc.oneof({ weight: 5, arbitrary: fc.constant(digits) }, fc.constantFrom(...forms));
}

/** A string as JSON may write it: some characters as escapes. */
function quoted(text: string): fc.Arbitrary<string> {
  const units = [...text].map((character) => escapedForms(character));
  return fc
    .tuple(
      ...units.map((forms) =>
        fc.oneof({ weight: 9, arbitrary: fc.constant(forms[0]!) }, fc.constantFrom(...forms)),
      ),
    )
    .map((parts) => `"${parts.join('')}"`);
}

function escapedForms(character: string): string[] {
  const plain = JSON.stringify(character).slice(1, -1);
  const escaped = [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
  return [plain, escaped, escaped.replace(/[a-f]/g, (letter) => letter.toUpperCase())];
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom(...TRAPS)).chain(quoted);

const { value: nested } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, fc.constantFrom('true', 'false', 'null', '-0.5e-7', '1E400', '12345678901234567890123')),
    tie('array'),
    tie('object'),
  ),
  array: fc
    .tuple(space, fc.array(fc.tuple(tie('value'), space), { maxLength: 3 }))
    .map(([blank, items]) => `[${blank}${items.map((item) => item.join('')).join(`,${blank}`)}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(fc.oneof(text, fc.constant('"phone"')), tie('value')), { maxLength: 3 }))
    .map(
      ([blank, fields]) =>
        `{${blank}${fields.map(([key, value]) => `${key}${blank}:${blank}${value}`).join(',')}}`,
    ),
}));

function field(key: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(quoted(key), space, space, value, space)
    .map(([name, before, after, content, behind]) => `${name}${before}:${after}${content}${behind}`);
}

const plainRecord = fc
  .tuple(smallPhone, start, duration)
  .map(
    ([number, from, ms]) =>
      `{"phone": ${number}, "start_date": ${from}, "end_date": ${Math.min(from + ms, 8.64e15)}}`,
  );

const oddRecord = fc
  .record({
    phone,
    start,
    duration,
    extras: fc.array(fc.tuple(text, nested), { maxLength: 3 }),
    blank: space,
    twice: fc.boolean(),
  })
  .chain(({ phone: number, start: from, duration: ms, extras, blank, twice }) => {
    const fields = [
      field('phone', written(number)),
      field('start_date', written(from)),
      field('end_date', written(Math.min(from + ms, 8.64e15))),
      ...extras.map(([key, value]) => fc.constant(`${key}${blank}:${value}`)),
    ];
    const first = twice ? [fc.constantFrom('"phone":"other"', '"phone" : 77', '"end_date":{}')] : [];
    return fc
      .tuple(
        fc.tuple(...first),
        fc.tuple(...fields).chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length })),
      )
      .map(([before, parts]) => `{${blank}${[...before, ...parts].join(`,${blank}`)}}`);
  });

/** Elements that break the rules for records, but not the grammar. */
const invalidRecord = fc.oneof(
  nested,
  fc.constantFrom(
    '{}',
    '{"phone":1,"start_date":5,"end_date":4}',
    '{"phone":-1,"start_date":5,"end_date":6}',
    '{"phone":1.5,"start_date":5,"end_date":6}',
    '{"phone":9007199254740992,"start_date":5,"end_date":6}',
    '{"phone":9007199254740991.4,"start_date":5,"end_date":6}',
    '{"phone":1,"start_date":5}',
    '{"phone":"1","start_date":5,"end_date":6}',
    '{"phone":1,"start_date":5,"end_date":8640000000000001}',
    '{"phone":1,"start_date":null,"end_date":6}',
    '{"phone":1,"start_date":1,"end_date":1e400}',
    '{"phone":1,"start_date":1,"end_date":6,"end_date":{"end_date":7}}',
    '-1',
    '"text"',
    '[[],[]]',
  ),
);

function fileOf(records: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      mark: fc.constantFrom('', '', '\uFEFF'),
      before: space,
      records: fc.array(records, { maxLength }),
      between: fc.constantFrom(',', ', ', ',\r\n', '\n,\n  ', ' , '),
      after: fc.constantFrom('', '\n', '  \r\n '),
    })
    .map(({ mark, before, records: some, between, after }) =>
      Buffer.from(`${mark}${before}[${before}${some.join(between)}${after}]${after}`),
    );
}

/** The same on lines of their own. */
function linesOf(records: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      mark: fc.constantFrom('', '', '\uFEFF'),
      before: fc.constantFrom('', '', '\n', ' \r\n'),
      // Lines are told from an array by the first of them.
      first: plainRecord,
      others: fc.array(records, { maxLength }),
      between: fc.constantFrom('\n', '\n', '\r\n', ' \n', '\n\n', '\r\n \t\r\n  '),
      after: fc.constantFrom('\n', '', '\r\n', '\n \n'),
    })
    .map(({ mark, before, first, others, between, after }) =>
      Buffer.from(
        `${mark}${before}${[first, ...others].map((one) => one.replaceAll('\n', ' ')).join(between)}${after}`,
      ),
    );
}

/** Records that all have the same between their numbers, as one program writes them. */
const alikeRecords = fc
  .record({
    keys: fc.shuffledSubarray(['phone', 'start_date', 'end_date'], { minLength: 3 }),
    colon: fc.constantFrom(':', ': ', ' : ', ':  '),
    comma: fc.constantFrom(',', ', ', ' ,', ',\r'),
    brace: fc.constantFrom('', ' '),
    attempts: fc.array(fc.tuple(phone, start, duration), { minLength: 1, maxLength: 40 }),
  })
  .map(({ keys, colon, comma, brace, attempts }) =>
    attempts.map(([number, from, ms]) => {
      const values: Record<string, number> = {
        phone: number,
        start_date: from,
        end_date: Math.min(from + ms, 8.64e15),
      };
      return `{${brace}${keys.map((key) => `"${key}"${colon}${values[key]!}`).join(comma)}${brace}}`;
    }),
  );

/** Files in which nothing but the numbers changes from record to record. */
const alikeFile = fc
  .tuple(alikeRecords, fc.boolean(), fc.constantFrom(',', ', ', ',\n'))
  .map(([records, inLines, between]) =>
    Buffer.from(inLines ? records.join('\n') : `[${records.join(between)}]`),
  );

const mostlyPlain = fc.oneof({ weight: 3, arbitrary: plainRecord }, { weight: 2, arbitrary: oddRecord });

const mostlyValid = fc.oneof({ weight: 12, arbitrary: mostlyPlain }, { weight: 1, arbitrary: invalidRecord });

/** Files that are legal JSON with valid records, written in every way. */
export const legalFile = fc.oneof(fileOf(mostlyPlain, 25), linesOf(mostlyPlain, 25), alikeFile);

/** Records to append, each legal. */
export const legalRecords = fc.array(mostlyPlain, { maxLength: 6 });

/** Legal JSON; some elements are no valid records. */
export const fileWithInvalidRecords = fc.oneof(fileOf(mostlyValid, 25), linesOf(mostlyValid, 25), alikeFile);

const MEANINGFUL = Buffer.from('{}[],:"\\-+.eE0129 \n\tutfn\x00\x1f\x7f\x80\xc3\xed\xf5\xff', 'latin1');

/** A legal file with a few bytes changed, so that it is most often illegal. */
export const mutatedFile = fc
  .tuple(
    fileWithInvalidRecords,
    fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }),
  )
  .map(([bytes, changes]) => changes.reduce((file, change) => mutate(file, ...change), bytes));

function mutate(file: Uint8Array, kind: number, where: number, what: number): Uint8Array {
  const at = where % file.length;
  const byte = Buffer.of(MEANINGFUL[what % MEANINGFUL.length]!);
  const [before, after] = [file.subarray(0, at), file.subarray(at)];
  switch (kind) {
    case 0:
      return Buffer.concat([before, after.subarray(1), Buffer.from(' ')]);
    case 1:
      return Buffer.concat([before, byte, after]);
    case 2:
      return Buffer.concat([before, byte, after.subarray(1)]);
    case 3:
      return Buffer.concat([before, byte]);
    default:
      return Buffer.concat([before, file.subarray(what % (at + 1), at), after]);
  }
}
