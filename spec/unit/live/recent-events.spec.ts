import { expect } from 'chai';
import fc from 'fast-check';
import { RecentEvents, type RecentEvent } from '../../../src/modules/live/recent-events.js';

const subject = fc.constantFrom('a/1', 'a/2', 'b/1', 'c');

describe('recent events', () => {
  it('are what a plain list of all events says, as far back as they reach', () => {
    const step = fc.record({
      subject,
      size: fc.integer({ min: 1, max: 40 }),
      skips: fc.boolean(),
      asks: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, events) => {
        const recent = new RecentEvents({ events, size: 200 }, 5);
        const all: RecentEvent[] = [];
        for (const [n, { subject: of, size, skips, asks }] of steps.entries()) {
          const position = recent.head + (skips && n % 7 === 0 ? 3 : 1);
          const event = { position, subject: of, json: 'x'.repeat(size), size };
          recent.add(event);
          all.push(event);
          if (asks) compare(recent, all, Math.max(5, position - size));
        }
        expect(recent.head).to.equal(all.at(-1)?.position ?? 5);
        for (let since = 5; since <= recent.head; since++) compare(recent, all, since);
      }),
    );
  });

  it('are bounded by their number and by their size', () => {
    const recent = new RecentEvents({ events: 10, size: 100 });
    for (let n = 1; n <= 5_000; n++) recent.add({ position: n, subject: `a/${n}`, json: 'x', size: 1 });
    expect([recent.reachesBackTo(4_990), recent.reachesBackTo(4_989)]).to.deep.equal([true, false]);
    recent.add({ position: 5_001, subject: 'a/1', json: 'x'.repeat(99), size: 99 });
    expect([recent.reachesBackTo(4_999), recent.reachesBackTo(4_998)]).to.deep.equal([true, false]);
  });
});

function compare(recent: RecentEvents, all: readonly RecentEvent[], since: number): void {
  if (!recent.reachesBackTo(since)) return;
  for (const topic of ['a', 'b', 'c', 'a.1', 'a.2', 'b.1']) {
    const [name, key] = topic.split('.');
    const fits = (of: string): boolean => (key ? of === `${name}/${key}` : of.split('/')[0] === name);
    const expected = all.filter((event) => event.position > since && fits(event.subject));
    expect(recent.after(topic, since, 100), `${topic} since ${since}`).to.deep.equal(expected);
    expect(recent.after(topic, since, 2)).to.deep.equal(expected.slice(0, 2));
  }
}
