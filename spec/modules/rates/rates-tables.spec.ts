import { expect } from 'chai';
import fc from 'fast-check';
import { type AppError } from '../../../src/kernel/errors.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { CandleMaker, MINUTE_MS, type Minute } from '../../../src/modules/rates/candle-maker.js';
import { createCandlesRepository } from '../../../src/modules/rates/candles.repository.js';
import { rateMigrations } from '../../../src/modules/rates/index.js';
import { createManageTradeInfo } from '../../../src/modules/rates/manage-trade-info.js';
import { createReadHistory } from '../../../src/modules/rates/read-history.js';
import { createTradeInfoRepository, ROWS_CHANNEL } from '../../../src/modules/rates/trade-info.repository.js';
import { createWatchRows } from '../../../src/modules/rates/watch-rows.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

const AT = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;

for (const kind of DATABASES) {
  describe(`tables of exchange rates on ${kind.name}`, function () {
    this.timeout(60_000);
    let opened: OpenedDatabase;

    beforeEach(async () => {
      opened = await kind.open();
      await opened.db.migrate(rateMigrations);
    });
    afterEach(() => opened.close());

    describe('history', () => {
      const minute = (some: Partial<Minute>): Minute => ({
        ...{ exchanger: 'binance', pair: 'BTC-USDT', at: AT },
        ...{ open: '10', high: '12', low: '9', close: '11', ...some },
      });
      const reading = () => {
        const priorities: Record<string, number> = { binance: 1, coingecko: 2 };
        return createReadHistory({
          candles: createCandlesRepository(opened.db),
          usdtAsUsd: true,
          priorityOf: (exchanger) => priorities[exchanger] ?? Infinity,
        });
      };

      it('adds to a minute that is there already', async () => {
        const candles = createCandlesRepository(opened.db);
        await candles.put([minute({})]);
        await candles.put([minute({ open: '11', high: '100', low: '9.5', close: '99' })]);
        const [candle] = await reading()('BTC-USDT', { from: AT, to: AT + 1, interval: '1m', limit: 10 });
        const wanted = { at: AT, exchanger: 'binance', open: '10', high: '100', low: '9', close: '99' };
        expect(candle).to.deep.equal(wanted);
      });

      it('derives larger candles, numbers in the order of numbers', async () => {
        const prices = ['2', '10', '0.000000000001', '1000000000000', '9.5'];
        await createCandlesRepository(opened.db).put(
          prices.map((price, n) =>
            minute({ at: AT + n * MINUTE_MS, open: price, high: price, low: price, close: price }),
          ),
        );
        const query = { from: AT, to: AT + HOUR_MS, limit: 10 };
        const [hour] = await reading()('btc-usdt', { ...query, interval: '1h' });
        expect(hour).to.include({ open: '2', close: '9.5', low: '0.000000000001', high: '1000000000000' });
        expect(await reading()('btc-usdt', { ...query, interval: '5m' })).to.have.length(1);
        expect(await reading()('btc-usdt', { ...query, interval: '1m' })).to.have.length(5);
        const [day] = await reading()('btc-usdt', { ...query, interval: '1d' });
        expect(day!.at).to.equal(Date.UTC(2026, 10, 21));
      });

      it('shows of each time the source of the first priority, in USDT where that stands for USD', async () => {
        const other = { exchanger: 'coingecko', pair: 'BTC-USD', open: '1', high: '1', low: '1', close: '1' };
        await createCandlesRepository(opened.db).put([
          minute({}),
          minute(other),
          minute({ ...other, at: AT + MINUTE_MS }),
        ]);
        const query = { from: AT, to: AT + HOUR_MS, interval: '1m', limit: 10 } as const;
        const found = await reading()('BTC-USD', query);
        expect(found.map(({ exchanger, quotedIn }) => [exchanger, quotedIn])).to.deep.equal([
          ['binance', 'USDT'],
          ['coingecko', undefined],
        ]);
        expect(await reading()('BTC-USD', { ...query, limit: 1 })).to.have.length(1);
        expect(await reading()('BTC-USD', { ...query, from: AT + 1 })).to.have.length(1);
      });

      it('is trimmed', async () => {
        const candles = createCandlesRepository(opened.db);
        await candles.put(Array.from({ length: 30 }, (_, n) => minute({ at: AT + n * MINUTE_MS })));
        await candles.trim(AT + 25 * MINUTE_MS);
        const query = { from: 0, to: AT + HOUR_MS, interval: '1m', limit: 100 } as const;
        expect(await reading()('BTC-USDT', query)).to.have.length(5);
        await candles.trim(AT + HOUR_MS);
        expect(await reading()('BTC-USDT', query)).to.have.length(0);
      });

      it('keeps what could not be written, and is what the prices were', async () => {
        const candles = createCandlesRepository(opened.db);
        const maker = new CandleMaker(() => undefined);
        const quote = { exchanger: 'binance', pair: 'BTC-USDT' };
        for (const [n, valueText] of ['5', '7', '3', '4'].entries())
          maker.add({ ...quote, valueText, at: AT + n });
        const failure = await maker.flush(() => Promise.reject(new Error('away')), AT).catch(String);
        expect(failure).to.equal('Error: away');
        maker.add({ ...quote, valueText: '8', at: AT + MINUTE_MS });
        maker.add({ ...quote, valueText: '999', at: AT + 5 });
        await maker.flush((minutes) => candles.put(minutes), AT);
        const found = await reading()('BTC-USDT', { from: AT, to: AT + HOUR_MS, interval: '1m', limit: 9 });
        expect(found.map(({ open, high, low, close }) => [open, high, low, close])).to.deep.equal([
          ['5', '7', '3', '4'],
          ['8', '8', '8', '8'],
        ]);
      });
    });

    describe('rows', () => {
      const SOL = { exchanger: 'binance', symbols: ['SOL'], currencies: ['USDT'] };
      const managing = () =>
        createManageTradeInfo({
          ...{ db: opened.db, clock: systemClock, rows: createTradeInfoRepository(opened.db) },
          ...{ mostRows: 10, idempotencyTtlMs: 60_000 },
        });
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          () => 'none',
          (error: unknown) => (error as AppError).code,
        );

      it('are those of a first start, once', async () => {
        const manage = managing();
        const first = await manage.list({}, 100);
        expect(first.map(({ exchanger }) => exchanger)).to.deep.equal(['binance', 'binance', 'coingecko']);
        for (const row of first) await manage.remove(row);
        await opened.db.migrate(rateMigrations);
        expect(await manage.list({}, 100)).to.deep.equal([]);
      });

      it('are one row for calls with one key, however many come at once', async () => {
        const manage = managing();
        const call = { scope: 'olga POST', key: 'k', body: Buffer.from('x') };
        const made = await Promise.all(Array.from({ length: 5 }, () => manage.create(SOL, 'olga', call)));
        expect(new Set(made.map(({ id }) => id))).to.have.property('size', 1);
        expect(await manage.list({ exchanger: 'binance' }, 100)).to.have.length(3);
        const other = { ...call, body: Buffer.from('y') };
        expect(await codeOf(manage.create(SOL, 'olga', other))).to.equal('rates.idempotency-key-reused');
      });

      it('are changed by one of two who saw the same version', async () => {
        const manage = managing();
        const row = await manage.create(SOL, 'olga');
        const changes = [manage.change(row, { priority: 5 }), manage.change(row, { priority: 6 })];
        const codes = await Promise.all(changes.map(codeOf));
        expect(codes.sort()).to.deep.equal(['none', 'rates.row-changed']);
        expect(await codeOf(manage.remove(row))).to.equal('rates.row-changed');
        const now = await manage.require(row.id);
        expect(now.version).to.equal(2);
        expect(await codeOf(manage.change(now, { symbols: ['no/symbol'] }))).to.equal('request.invalid');
      });

      it('are bounded in number', async () => {
        const manage = managing();
        for (let n = 3; n < 10; n++) await manage.create(SOL, 'olga');
        expect(await codeOf(manage.create(SOL, 'olga'))).to.equal('rates.too-many-rows');
      });

      it('are told to who follows them, at the start and after each change', async () => {
        const told: number[] = [];
        const watch = createWatchRows({
          ...{ db: opened.db, clock: systemClock, log: silentLog, channel: ROWS_CHANNEL, mostRows: 100 },
          rows: createTradeInfoRepository(opened.db),
          onRows: (rows) => told.push(rows.length),
        });
        await watch.start();
        expect(told).to.deep.equal([3]);
        const row = await managing().create(SOL, 'olga');
        await waitFor('the new row', () => told.at(-1) === 4);
        await managing().remove(row);
        await waitFor('its end', () => told.at(-1) === 3);
        await watch.stop();
      });
    });
  });
}

describe('minutes', () => {
  it('have the first, highest, lowest and last of their prices, whatever they are', async () => {
    const price = fc.integer({ min: 0, max: 10_000_000 }).map((n) => String(n / 1_000));
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 50 }), async (prices) => {
        const maker = new CandleMaker(() => undefined);
        for (const valueText of prices) maker.add({ exchanger: 'x', pair: 'A-B', valueText, at: AT });
        let made: readonly Minute[] = [];
        await maker.flush(async (minutes) => void (made = minutes), AT);
        const numbers = prices.map(Number);
        const { open, high, low, close } = made[0]!;
        expect([open, high, low, close].map(Number)).to.deep.equal([
          numbers[0],
          Math.max(...numbers),
          Math.min(...numbers),
          numbers.at(-1),
        ]);
      }),
    );
  });

  it('that cannot be written are bounded, and counted when they are given up', () => {
    let lost = 0;
    const maker = new CandleMaker((count) => (lost += count));
    for (let n = 0; n < 20_005; n++) maker.add({ exchanger: 'x', pair: `A${n}-B`, valueText: '1', at: AT });
    expect(lost).to.equal(5);
  });
});
