import { expect } from 'chai';
import fc from 'fast-check';
import { Routes, topicMatches } from '../../../src/platform/broker/routing.js';

const word = fc.constantFrom('a', 'b', 'cd', '');
const words = fc.array(word, { maxLength: 5 });
const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 5 });

/** Plain recursion over words, as the definition reads. */
function fits(parts: readonly string[], rest: readonly string[]): boolean {
  const [part, ...others] = parts;
  if (part === undefined) return rest.length === 0;
  if (part === '#') return fits(others, rest) || (rest.length > 0 && fits(parts, rest.slice(1)));
  return rest.length > 0 && (part === '*' || part === rest[0]) && fits(others, rest.slice(1));
}

/** An empty key has no words at all, so one empty word cannot be written. */
const writable = (list: readonly string[]): boolean => !(list.length === 1 && list[0] === '');

describe('topic patterns', () => {
  it('match as their definition says, whatever the words', () => {
    fc.assert(
      fc.property(pattern.filter(writable), words.filter(writable), (parts, key) => {
        expect(topicMatches(parts.join('.'), key.join('.'))).to.equal(fits(parts, key));
      }),
      { numRuns: 2_000 },
    );
  });

  it('take no exponential time', () => {
    const key = Array.from({ length: 60 }, () => 'a').join('.');
    expect(topicMatches(`${'#.'.repeat(60)}b`, key)).to.equal(false);
  });
});

describe('routes', () => {
  const routes = new Routes();
  routes.add({
    exchanges: [{ exchange: 'x', type: 'topic' }],
    queues: [
      {
        queue: 'q',
        bindings: [
          { exchange: 'x', routingKey: '#' },
          { exchange: 'x', routingKey: 'a' },
          { exchange: 'amq.direct', routingKey: 'q' },
        ],
      },
    ],
  });

  it('name each queue once', () => {
    expect(routes.match('x', 'a')).to.deep.equal(['q']);
  });

  it('reach every queue by its name over the default exchange', () => {
    expect(routes.match('', 'q')).to.deep.equal(['q']);
    expect(routes.match('', 'other')).to.deep.equal([]);
  });

  it('know the exchanges that every broker has', () => {
    expect(routes.match('amq.direct', 'q')).to.deep.equal(['q']);
    expect(routes.match('unknown', 'q')).to.deep.equal([]);
  });

  it('refuse a binding to an exchange that nobody declared', () => {
    const queues = [{ queue: 'r', bindings: [{ exchange: 'unknown', routingKey: 'k' }] }];
    expect(() => new Routes().add({ exchanges: [], queues })).to.throw('unknown, which nobody declared');
  });
});
