import { expect } from 'chai';
import fc from 'fast-check';
import { findJsonFault, readTopLevelToken } from '../../../src/kernel/raw-json.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('raw JSON', () => {
  it('keeps the token of a member as it was written', () => {
    const json = '{"a":1, "correlation_id" : 9223372036854775807 ,"b":{"correlation_id":2}}';
    expect(readTopLevelToken(json, 'correlation_id')).to.equal('9223372036854775807');
    expect(readTopLevelToken(json, 'b')).to.equal('{"correlation_id":2}');
  });

  it('reads keys with escapes, takes the last of equal keys, and looks at the top level alone', () => {
    expect(readTopLevelToken('{"\\u0061":1.0,"a":2e5,"x":{"a":3}}', 'a')).to.equal('2e5');
    expect(readTopLevelToken('{"\\u0061\\"":"ж"}', 'a"')).to.equal('"ж"');
    expect(readTopLevelToken('[{"a":1}]', 'a')).to.equal(undefined);
    expect(readTopLevelToken('{"x":[{"a":1}],"y":[]}', 'y')).to.equal('[]');
    expect(readTopLevelToken('{"a":1', 'a')).to.equal(undefined);
  });

  it('says where and why a text is no JSON', () => {
    expect(findJsonFault(bytes('{"a":1,}'))).to.deep.equal({
      offset: 7,
      reason: 'a key in double quotes was expected',
    });
    expect(findJsonFault(bytes('[1 2]'))).to.deep.equal({ offset: 3, reason: '"," or "]" was expected' });
    expect(findJsonFault(bytes('{"ж":'))).to.deep.equal({ offset: 6, reason: 'it ends too early' });
    expect(findJsonFault(bytes('['.repeat(65)), 64)?.reason).to.equal('nested deeper than 64 levels');
    expect(findJsonFault(bytes('[[]]'), 2)).to.equal(undefined);
    expect(findJsonFault(bytes('[{"a":1},{"b":{"c":1}}]'), 64, 2)).to.deep.equal({
      offset: 15,
      reason: 'more than 2 keys',
    });
    expect(findJsonFault(bytes('[{"a":1},{"b":1}]'), 64, 2)).to.equal(undefined);
  });

  it('walks a million levels without recursion', () => {
    const deep = 1_000_000;
    expect(findJsonFault(bytes('['.repeat(deep) + ']'.repeat(deep)))).to.equal(undefined);
  });

  it('finds every member that JSON.parse finds, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
        fc.nat(4),
        (value, indent) => {
          const json = JSON.stringify(value, null, indent);
          for (const [key, expected] of Object.entries(JSON.parse(json) as object)) {
            expect(JSON.parse(readTopLevelToken(json, key) ?? 'nothing')).to.deep.equal(expected);
          }
        },
      ),
    );
  });

  it('takes and refuses what JSON.parse does', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '\\',
        '\\u00',
        '\\n',
        '0',
        '1',
        '-',
        '.5',
        'e+1',
        'true',
        'nul',
        ' ',
        '\n',
        '\u0001',
        'ж',
      ],
    );
    const text = fc.oneof(
      fc.json(),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    const cut = fc.tuple(text, fc.nat(40)).map(([json, at]) => json.slice(0, at) + json.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(text, cut), (json) => {
        expect(findJsonFault(bytes(json)) === undefined).to.equal(parses(json));
      }),
      { numRuns: 2000 },
    );
  });
});
