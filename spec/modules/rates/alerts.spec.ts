import { expect } from 'chai';
import { appErrorOf } from '../../support/failure-of.js';
import { waitFor } from '../../support/wait-for.js';
import { alertsOnEachDatabase, MOST, MOST_OF_CHAT } from './alerts-bench.js';

const chat = (chatId = '7') => ({ kind: 'telegram', chatId }) as const;

describe('An alert', () => {
  alertsOnEachDatabase((bench) => {
    it('fires once, and again after the course was clearly back', async () => {
      const alerts = await bench().start();
      const { id } = await bench().set(alerts.api, {}, chat());
      await bench().watching(alerts, 1);
      for (const value of ['99', '100', '100.5']) bench().course(value);
      expect(await bench().told(id, 2)).to.deep.equal(['created', 'fired']);
      for (const value of ['101', '99.5', '102']) bench().course(value);
      bench().course('99');
      expect(await bench().told(id, 3)).to.deep.equal(['created', 'fired', 'rearmed']);
      bench().course('100.1');
      expect(await bench().told(id, 4)).to.deep.equal(['created', 'fired', 'rearmed', 'fired']);
      const { state, firedCount, firedValue, version } = await alerts.api.require(id);
      expect({ state, firedCount, firedValue, version }).to.deep.equal({
        ...{ state: 'fired', firedCount: 2, firedValue: '100.1', version: 4 },
      });
      expect(bench().notices.map(({ course }) => course.valueText)).to.deep.equal(['100.5', '100.1']);
      expect(bench().fired).to.equal(2);
    });

    it('tells in its event what was waited for, and what came', async () => {
      const alerts = await bench().start();
      const wanted = { op: 'change_pct', value: '5', windowS: 60 } as const;
      const { id } = await bench().set(alerts.api, wanted, chat(), { kind: 'webhook' });
      await bench().watching(alerts, 1);
      for (const value of ['100', '104.9', '94']) bench().course(value);
      const [, fired] = await bench().eventsOf(id, 2);
      expect(fired).to.include({ type: 'rates.alert-fired', subject: `rate-alerts/${id}` });
      expect(JSON.parse(fired!.data)).to.deep.include({
        ...{ id, pair: 'BTC-USDT', op: 'change_pct', value: '5', window_s: 60, number: 1, state: 'fired' },
        channels: [{ kind: 'telegram', chat_id: '7' }, { kind: 'webhook' }],
        ...{ course_value: '94', exchanger: 'binance', change_pct: '-6', fired_count: 1 },
      });
    });

    it('whose condition holds already fires when it is set', async () => {
      const alerts = await bench().start();
      bench().course('200');
      const { id } = await bench().set(alerts.api, {});
      expect(await bench().told(id, 2)).to.deep.equal(['created', 'fired']);
    });

    it('on another pair, or at a course that nobody vouches for, does not fire', async () => {
      const alerts = await bench().start();
      const { id } = await bench().set(alerts.api, {});
      const other = await bench().set(alerts.api, { pair: 'bitcoin-usd', op: 'below', value: '150' });
      expect(other.pair).to.equal('BTC-USD');
      await bench().watching(alerts, 2);
      bench().course('200', 'ETH-USDT');
      const { clock, courses } = bench();
      const old = { kind: 'new', exchanger: 'binance', pair: 'BTC-USDT', valueText: '200', at: 1 } as const;
      courses.take(old, false);
      clock.advance(1_000);
      courses.take({ ...old, kind: 'lost', at: clock.now() }, false);
      bench().course('120');
      await bench().told(other.id, 2);
      expect(await bench().told(id, 2)).to.deep.equal(['created', 'fired']);
      expect((await alerts.api.require(id)).firedValue).to.equal('120');
    });

    it('keeps its state over a restart', async () => {
      const first = await bench().start();
      const { id } = await bench().set(first.api, {});
      await bench().watching(first, 1);
      bench().course('150');
      await bench().told(id, 2);
      await first.stop();
      const second = await bench().start();
      await bench().watching(second, 1);
      for (const value of ['151', '99', '152']) {
        bench().course(value);
        await waitFor('the alert to have settled', async () => {
          bench().clock.advance(10);
          const { state } = await second.api.require(id);
          return state === (value === '99' ? 'armed' : 'fired');
        });
      }
      expect(await bench().told(id, 4)).to.deep.equal(['created', 'fired', 'rearmed', 'fired']);
    });

    it('on a change knows over a restart what the course was', async () => {
      const alerts = bench().make();
      const now = bench().clock.now();
      const candle = { open: '100', high: '101', low: '99', close: '100', exchanger: 'binance' };
      bench().candles = [{ ...candle, at: now - 600_000 }];
      const { id } = await bench().set(alerts.api, { op: 'change_pct', value: '10', windowS: 3_600 });
      await alerts.start();
      await bench().watching(alerts, 1);
      bench().course('111');
      const [, fired] = await bench().eventsOf(id, 2);
      expect(JSON.parse(fired!.data)).to.include({ change_pct: '+11' });
    });

    it('of a chat has the smallest number that is free there', async () => {
      const { api } = bench().make();
      const first = await bench().set(api, {}, chat());
      await bench().set(api, {}, chat());
      expect((await bench().set(api, {}, chat('8'))).number).to.equal(1);
      expect((await bench().set(api, {})).number).to.equal(null);
      await api.remove(first.id, () => undefined);
      expect((await bench().set(api, {}, chat())).number).to.equal(1);
      expect((await api.ofChat('7')).map(({ number }) => number)).to.deep.equal([1, 2]);
    });

    it('is one of as many as there may be, in its chat and in all, however many set them at once', async () => {
      const { api } = bench().make();
      const tries = await Promise.allSettled(Array.from({ length: 5 }, () => bench().set(api, {}, chat())));
      const failed = tries.filter(({ status }) => status === 'rejected');
      expect((await api.ofChat('7')).length).to.be.at.most(MOST_OF_CHAT);
      expect(failed.length).to.equal(5 - (await api.ofChat('7')).length);
      for (let left = MOST - (await api.ofChat('7')).length; left > 0; left--) await bench().set(api, {});
      expect(await appErrorOf(bench().set(api, {}))).to.include({
        code: 'rates.too-many-alerts',
        kind: 'conflict',
      });
    });

    it('that is removed is watched no more, by whichever way it went', async () => {
      const alerts = await bench().start();
      const one = await bench().set(alerts.api, {}, chat());
      const other = await bench().set(alerts.api, {}, chat());
      await bench().watching(alerts, 2);
      await alerts.api.remove(one.id, () => undefined);
      const { db } = bench();
      const tx = db.begin();
      expect(await alerts.api.removeOfChat(tx, '7', 2)).to.include({ id: other.id });
      expect(await alerts.api.removeOfChat(tx, '8', 2)).to.equal(undefined);
      await db.commit(tx);
      await bench().watching(alerts, 0);
      expect(await bench().told(other.id, 2)).to.deep.equal(['created', 'removed']);
      expect(await appErrorOf(alerts.api.require(one.id))).to.include({ code: 'rates.alert-not-found' });
      expect(await appErrorOf(alerts.api.require('nonsense'))).to.include({ kind: 'not-found' });
    });
  });

  alertsOnEachDatabase((bench, another) => {
    it('set at one replica fires once at the one that watches, and at the other after that is gone', async () => {
      const first = await bench().start();
      const second = await bench().start(await another());
      const { id } = await bench().set(second.api, {});
      await bench().watching(first, 1);
      expect(second.watched()).to.equal(0);
      bench().course('150');
      await bench().told(id, 2);
      await first.stop();
      await bench().watching(second, 1);
      bench().course('90');
      await bench().told(id, 3);
      bench().course('150');
      expect(await bench().told(id, 4)).to.deep.equal(['created', 'fired', 'rearmed', 'fired']);
    });
  }, 'PostgreSQL');
});
