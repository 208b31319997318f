import { expect } from 'chai';
import fc from 'fast-check';
import { cleanFields } from '../../../src/platform/log/clean-fields.js';
import { createLogger } from '../../../src/platform/log/create-logger.js';
import { plainMembers } from '../../../src/platform/log/plain-members.js';

/** Keys that a line has already. */
const OWN_KEYS = ['level', 'time', 'msg', 'child', '__proto__'];

const key = fc
  .oneof(fc.stringMatching(/^[a-z_]{1,8}$/), fc.constantFrom('token', 'password', 'tokens'), fc.string())
  .filter((name) => !OWN_KEYS.includes(name));
const text = fc.oneof(fc.stringMatching(/^[\w.-]{0,20}$/), fc.string({ unit: 'binary' }), fc.webUrl());
const value = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));

describe('lines of plain fields', () => {
  it('are those that the general way would write', () => {
    const lines: string[] = [];
    const log = createLogger({ pretty: false, destination: { write: (line: string) => lines.push(line) } });
    const child = log.child({ child: 'of "it"' });
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true }), (fields) => {
        child.info(fields, 'said');
        const { level, time, ...rest } = JSON.parse(lines.pop()!) as Record<string, unknown>;
        expect({ level, time: typeof time }).to.deep.equal({ level: 'info', time: 'string' });
        const shown = JSON.parse(JSON.stringify(cleanFields(fields))) as object;
        expect(rest).to.deep.equal({ child: 'of "it"', ...shown, msg: 'said' });
      }),
      { numRuns: 500 },
    );
  });

  it('hold no secret, and nothing that needs an escape or is too long', () => {
    expect(plainMembers({ ms: 1.5, request_id: 'r-1' })).to.equal(',"ms":1.5,"request_id":"r-1"');
    const others = [{ token: 'a' }, { a: 'b"c' }, { 'a"b': 1 }, { a: NaN }, { a: 'x'.repeat(257) }];
    for (const fields of others) expect(plainMembers(fields), JSON.stringify(fields)).to.equal(undefined);
    expect(plainMembers(new Error('no'))).to.equal(undefined);
  });
});
