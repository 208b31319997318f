import { expect } from 'chai';
import fc from 'fast-check';
import { createPace } from '../../../src/modules/notifications/telegram/pace.js';

const CHATS = ['1', '2', '3', '-4'];

describe('The pace of messages', () => {
  it('keeps to what the Bot API allows, whoever is written to, and sends nothing in a pause', () => {
    const step = fc.record({
      chat: fc.constantFrom(...CHATS),
      idle: fc.integer({ min: 0, max: 400 }),
      pause: fc.option(fc.integer({ min: 1, max: 5_000 }), { freq: 20 }),
      answer: fc.option(fc.integer({ min: 0, max: 1_500 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pace = createPace();
        const sent: { chat: string; at: number }[] = [];
        let now = 0;
        let closedUntil = 0;
        const answeredAt = new Map<string, number>();
        for (const { chat, idle, pause, answer } of steps) {
          now += idle;
          if (pause !== null) pace.pause((closedUntil = Math.max(closedUntil, now + pause)));
          now = pace.readyAt(chat, now);
          expect(now).to.be.at.least(answeredAt.get(chat) ?? 0);
          expect(now).to.be.at.least(closedUntil);
          pace.sent(chat, now);
          sent.push({ chat, at: now });
          if (answer === null) continue;
          now += answer;
          pace.answered(chat, now);
          answeredAt.set(chat, now + 1_000);
        }
        sent.forEach(({ at }) => expect(within(sent, at, 1_000)).to.be.at.most(30));
        for (const chat of CHATS) {
          const own = sent.filter((one) => one.chat === chat);
          const [span, most] = chat.startsWith('-') ? [60_000, 20] : [1_000, 1];
          own.forEach(({ at }) => expect(within(own, at, span)).to.be.at.most(most));
        }
      }),
    );
  });

  it('forgets chats whose time is over', () => {
    const pace = createPace();
    for (let chat = 0; chat < 5_000; chat++) pace.sent(String(chat), chat * 34);
    expect(pace.readyAt('1', 5_000 * 34)).to.equal(5_000 * 34);
    expect(pace.readyAt('4999', 5_000 * 34)).to.equal(4_999 * 34 + 1_000);
  });
});

function within(sent: readonly { at: number }[], from: number, spanMs: number): number {
  return sent.filter(({ at }) => at >= from && at < from + spanMs).length;
}
