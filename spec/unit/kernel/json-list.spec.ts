import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../src/kernel/clock.js';
import type { AppError } from '../../../src/kernel/errors.js';
import { splitJsonList } from '../../../src/kernel/json-list.js';
import { appErrorOf } from '../../support/failure-of.js';

const LIMITS = { mostElements: 1_000, mostBytes: 65_536 };
const split = (text: string, limits = LIMITS) =>
  splitJsonList(systemClock, Buffer.from(text), 'list', limits);

/** As JSON.parse has it, the list apart. */
function parsed(text: string): { rest: unknown; elements: unknown[] | undefined } {
  const whole = JSON.parse(text) as unknown;
  const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
  if (!isObject || !Array.isArray((whole as { list?: unknown }).list))
    return { rest: whole, elements: undefined };
  const { list } = whole as { list: unknown[] };
  return { rest: { ...whole, list: [] }, elements: list };
}

describe('a long list in a JSON object', () => {
  it('is read as JSON.parse reads it, whatever is in it and around it', async () => {
    const object = fc.record(
      {
        list: fc.oneof(fc.array(fc.jsonValue(), { maxLength: 20 }), fc.jsonValue()),
        other: fc.jsonValue(),
        'a "key"': fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const values = fc.oneof(object, fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom(undefined, 2, '\t'), async (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(await split(text)).to.deep.equal(parsed(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where JSON.parse refuses it, but for what stands twice', async () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"list"',
      '"a"',
      '1',
      '"\\"',
      '\\',
      'true',
      ' ',
      '""',
      '{"list":[',
      '"x',
      '-',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(tokens, { maxLength: 14 }), async (parts) => {
        const text = parts.join('');
        const wanted = tried(() => parsed(text));
        const got = await split(text).catch((error: unknown) => error as AppError);
        if (wanted === undefined) expect((got as AppError).kind, text).to.equal('unreadable');
        else if (text.split('"list"').length === 2) expect(got, text).to.deep.equal(wanted);
      }),
      { numRuns: 3_000 },
    );
  });

  it('has no more elements, and none larger, than is allowed', async () => {
    const list = (length: number): string => JSON.stringify({ list: Array.from({ length }, (_, n) => n) });
    expect((await split(list(1_000))).elements?.length).to.equal(1_000);
    expect((await appErrorOf(split(list(1_001)))).kind).to.equal('too-large');
    const large = JSON.stringify({ list: ['x'.repeat(70_000)] });
    expect((await appErrorOf(split(large))).kind).to.equal('too-large');
    expect((await appErrorOf(split(`{"other":"${'x'.repeat(70_000)}","list":[]}`))).kind).to.equal(
      'too-large',
    );
  });
});

function tried<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
