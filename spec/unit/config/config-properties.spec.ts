import { expect } from 'chai';
import fc from 'fast-check';
import { CONFIG_KEYS, CONFIG_KEY_NAMES } from '../../../src/app/config-keys.js';
import { ConfigCase } from '../../support/config-case.js';

/** No legal value of any key, and in no text of ours. */
const illegal = fc.stringMatching(/^[a-z0-9]{6,12}$/).map((text) => `\u{1f6d1}${text}\0`);

describe('configuration, whatever is set', () => {
  let here: ConfigCase;
  before(() => (here = new ConfigCase()));
  after(() => here.remove());

  it('names each key with an illegal value, and never the value', () => {
    const some = fc.uniqueArray(fc.tuple(fc.constantFrom(...CONFIG_KEY_NAMES), illegal), {
      selector: ([key]) => key,
      minLength: 1,
    });
    fc.assert(
      fc.property(some, (pairs) => {
        const error = here.refusal(Object.fromEntries(pairs));
        const named = error.problems.map(({ key }) => key);
        for (const [key, value] of pairs) {
          expect(named).to.include(key);
          expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.to.contain(value.slice(2, -1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('either takes a text for a number within its bounds or names the key', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer().map(String), fc.double().map(String), fc.string()), (text) => {
        const port = CONFIG_KEYS.PORT.parse(text);
        const isPort = /^\d{1,15}$/.test(text) && Number(text) <= 65_535;
        expect(port).to.equal(isPort ? Number(text) : undefined);
      }),
    );
  });

  it('never throws in a rule', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CONFIG_KEY_NAMES), fc.string({ unit: 'binary' }), (key, text) => {
        CONFIG_KEYS[key].parse(text);
      }),
    );
  });
});
