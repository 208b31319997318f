import { expect } from 'chai';
import fc from 'fast-check';
import { messageBody } from '../../../src/modules/notifications/deliveries/message-body.js';
import { telegramText } from '../../../src/modules/notifications/deliveries/telegram-text.js';
import { clientOf, fits } from '../../../src/modules/notifications/endpoints/event-filter.js';
import { matchesType, unknownPatterns } from '../../../src/modules/notifications/endpoints/event-pattern.js';
import {
  isSigningSecret,
  newSigningSecret,
} from '../../../src/modules/notifications/endpoints/signing-secret.js';
import { Pace } from '../../../src/modules/notifications/sending/pace.js';
import {
  DEFAULT_SCHEDULE_S,
  nextPauseMs,
  retryAfterMs,
} from '../../../src/modules/notifications/sending/retry-schedule.js';

const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('the pause before the next attempt', () => {
  it('is that of the schedule, ± 20 %, and there is none after its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), random, (tries, chance) => {
        const pause = nextPauseMs(DEFAULT_SCHEDULE_S, tries, chance)!;
        const named = DEFAULT_SCHEDULE_S[tries - 1]! * 1000;
        return pause >= named * 0.8 - 1 && pause <= named * 1.2 + 1;
      }),
    );
    expect(nextPauseMs(DEFAULT_SCHEDULE_S, 8, 0.5)).to.equal(undefined);
    expect(nextPauseMs([], 1, 0.5)).to.equal(undefined);
  });

  it('is put off by Retry-After, up to a day, and never brought forward', () => {
    expect(nextPauseMs([5], 1, 0.5, 60_000)).to.equal(60_000);
    expect(nextPauseMs([300], 1, 0.5, 60_000)).to.equal(300_000);
    expect(nextPauseMs([5], 1, 0.5, 10 ** 12)).to.equal(86_400_000);
  });

  it('is read of Retry-After as seconds or as a date', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfterMs('120', now)).to.equal(120_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).to.equal(60_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).to.equal(0);
    for (const odd of [undefined, 'soon', '-1e', ''])
      expect(retryAfterMs(odd, now), odd ?? '').to.equal(undefined);
  });
});

describe('a pace', () => {
  it('lets no more begin in any second than it says, but for 50 ms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 0, max: 30 })),
        (rate, gaps) => {
          const pace = new Pace(rate);
          const begun: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            now += pace.waitMs(now);
            pace.take(now);
            begun.push(now);
          }
          return begun.every((at, i) => {
            const within = begun.slice(i).filter((later) => later < at + 1000).length;
            return within <= rate + Math.ceil(rate * 0.05) + 1;
          });
        },
      ),
    );
  });
});

describe('what is sent', () => {
  const event = { type: 'task.completed', subject: 'tasks/1', time: 0 };

  it('is under 20 kB: of a larger event its data stays behind, and where it is goes along', () => {
    const small = JSON.parse(messageBody('7', { ...event, data: '{"a":1}' })) as object;
    expect(small).to.deep.include({ id: '7', type: 'task.completed', subject: 'tasks/1', data: { a: 1 } });
    const text = messageBody('7', { ...event, data: JSON.stringify({ a: 'ü'.repeat(10_000) }) });
    expect(Buffer.byteLength(text)).to.be.below(1_000);
    expect(JSON.parse(text))
      .to.deep.include({ id: '7', dataref: '/api/v1/tasks/1' })
      .and.not.have.property('data');
  });

  it('is a few lines for Telegram', () => {
    const data = JSON.stringify({ task_id: '1', at: null, nested: { a: 1 }, ok: true });
    expect(telegramText({ ...event, data })).to.equal('task.completed · tasks/1\ntask_id: 1\nok: true');
    expect(telegramText({ ...event, data: 'nonsense' })).to.equal('task.completed · tasks/1');
  });
});

describe('what an endpoint wants', () => {
  it('is named by type, by group, or by the word for all', () => {
    expect(matchesType(['task.*'], 'task.failed')).to.equal(true);
    expect(matchesType(['task.*'], 'tasks.failed')).to.equal(false);
    expect(matchesType(['task.failed', '*'], 'x.y')).to.equal(true);
    expect(unknownPatterns(['*', 'a.*', 'a.b', 'b.*', 'a.c'], ['a.b'])).to.deep.equal(['b.*', 'a.c']);
  });

  it('is narrowed by members of data, all of which must fit', () => {
    const data = { to: 'down', deep: { level: 3 }, none: null };
    const is = (filter: Parameters<typeof fits>[0]): boolean => fits(filter, { subject: 's/1', data });
    expect(is(null)).to.equal(true);
    expect(is({ 'data.to': ['up', 'down'], 'data.deep.level': [3], 'data.none': [null] })).to.equal(true);
    expect(is({ 'data.to': ['down'], subject: ['s/2'] })).to.equal(false);
    for (const path of ['data.absent', 'data.to.length', 'data.toString', 'data.__proto__']) {
      expect(is({ [path]: [null, 'x'] }), path).to.equal(false);
    }
    expect(clientOf({ client_id: 'a' })).to.equal('a');
    expect(clientOf([1])).to.equal(undefined);
  });

  it('is signed with 24 to 64 random bytes', () => {
    expect(isSigningSecret(newSigningSecret())).to.equal(true);
    const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    expect([23, 24, 64, 65].map((bytes) => isSigningSecret(of(bytes)))).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
    for (const odd of ['', 'whsec_', of(32).slice(6), `${of(32)}!`])
      expect(isSigningSecret(odd), odd).to.equal(false);
  });
});
