import { expect } from 'chai';
import fc from 'fast-check';
import { hideSecrets } from '../../../src/platform/log/hide-secrets.js';

const SHOWN: readonly (readonly [string, string])[] = [
  ['{"password":"hunter2"}', '{"password":"[redacted]"}'],
  ['{"a":[{"api_key" : "x", "b":1}]}', '{"a":[{"api_key" : "[redacted]", "b":1}]}'],
  ['{"secret":{"deep":["x",{"y":"z"}]},"n":1}', '{"secret":"[redacted]","n":1}'],
  ['{"Auth\\u006frization":"Basic x"}', '{"Auth\\u006frization":"[redacted]"}'],
  [
    '{"token":12345,"tokens":3,"has_token":true,"token":null}',
    '{"token":"[redacted]","tokens":3,"has_token":true,"token":null}',
  ],
  ['{"id":9223372036854775807,"x":1.10}', '{"id":9223372036854775807,"x":1.10}'],
  ['{"password":"cut off her', '{"password":"[redacted]"'],
  ['{"secret":{"deep":"cut', '{"secret":"[redacted]"'],
  ['{"password":"ends in \\', '{"password":"[redacted]"'],
  ['{"url":"amqp://me:hunter2@host/x"}', '{"url":"amqp://host/x"}'],
  ['["a","password","b"]', '["a","password","b"]'],
  ['user=me&password=hunter2&x=1', 'user=me&password=[redacted]&x=1'],
  ['user: me, password: two words\nname: me', 'user: me, password: [redacted]\nname: me'],
  [
    '<login><user>me</user><password a="1">x</password></login>',
    '<login><user>me</user><password a="1">[redacted]</password></login>',
  ],
  ['Authorization: Bearer abcdefgh1234', 'Authorization: [redacted]'],
  ['no job at all', 'no job at all'],
];

describe("somebody's text, as it is shown", () => {
  for (const [text, shown] of SHOWN) {
    it(`is ${shown}`, () => {
      expect(hideSecrets(text)).to.equal(shown);
    });
  }

  it('never holds what stands under the key of a secret, and is the same JSON otherwise', () => {
    const key = fc.constantFrom('password', 'clientSecret', 'API-KEY', 'x_token', 'a', 'list');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }).map((text) => `#${text.replaceAll(/[@:?&;]/g, '')}`),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 1), (input, indent) => {
        const shown: unknown = JSON.parse(hideSecrets(JSON.stringify(input, null, indent)));
        expect(shown).to.deep.equal(JSON.parse(JSON.stringify(withoutSecrets(input))));
      }),
      { numRuns: 300 },
    );
  });

  it('hides what a cut leaves of a secret, wherever the cut is', () => {
    const text = '{"a":1,"password":"hunter2 and more","x":{"token":["hunter2"]}}';
    for (let end = 0; end < text.length; end++)
      expect(hideSecrets(text.slice(0, end))).not.to.contain('hunt');
  });

  it('takes a few milliseconds for 64 KiB, whatever they are', () => {
    for (const unit of ['a', 'a=', '<', '{"a":', '"\\', ' :', '://', 'password=', '<a ']) {
      const text = unit.repeat(65_536 / unit.length);
      const start = performance.now();
      hideSecrets(text);
      expect(performance.now() - start, unit).to.be.below(200);
    }
  });
});

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const named = key !== 'a' && key !== 'list';
      return [key, named && inner !== null ? '[redacted]' : withoutSecrets(inner)];
    }),
  );
}
