import { expect } from 'chai';
import fc from 'fast-check';
import { splitJson } from '../../../src/cli/split-json.js';

describe('splitting a file of messages', () => {
  const values = fc.array(fc.oneof(fc.json({ noUnicodeString: false }), fc.constant('9223372036854775807')));

  it('gives the elements of any array as they stand, and the lines of any file', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('', ' ', '\n\t '), (texts, space) => {
        const trimmed = texts.map((text) => text.trim());
        const array = `${space}[${space}${texts.join(`${space},${space}`)}${space}]${space}`;
        expect(splitJson(array)).to.deep.equal(trimmed);
      }),
    );
    expect(splitJson('{"a":1}\r\n\n {"a":"x,\\"[y"}\n')).to.deep.equal(['{"a":1}', '{"a":"x,\\"[y"}']);
  });

  it('names the line that is no JSON', () => {
    expect(() => splitJson('{"a":1}\n{"a":')).to.throw(SyntaxError, 'line 2 is no JSON');
    expect(() => splitJson('[1,')).to.throw(SyntaxError);
  });
});
