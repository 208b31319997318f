import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { openBinance } from '../../../src/modules/rates/sources/binance.js';
import { openCoinGecko } from '../../../src/modules/rates/sources/coingecko.js';
import { createHttpGet } from '../../../src/modules/rates/sources/http-get.client.js';
import { createOpenSocket } from '../../../src/modules/rates/sources/line-socket.client.js';
import { createPriceDesk } from '../../../src/modules/rates/sources/price-desk.js';
import type { Source } from '../../../src/modules/rates/sources/source.js';
import type { Word } from '../../../src/modules/rates/quote.js';
import type { TrackedPair } from '../../../src/modules/rates/tracked-pair.js';
import { BinanceServer } from '../../support/binance-server.js';
import { CoinGeckoServer } from '../../support/coingecko-server.js';
import { waitFor } from '../../support/wait-for.js';

/** One of the sources, and the server that it asks. */
interface Kind {
  name: string;
  open: () => Promise<Opened>;
}

interface Opened {
  /** Starts where it was stopped, under the same address. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** Has the server tell a price of a coin in USD or the like, until `stop`; every one of them. */
  price: (coin: 'BTC' | 'ETH', text: string) => void;
  nonsense: () => void;
  freeze: () => void;
  target: (coin: 'BTC' | 'ETH') => TrackedPair;
  source: (desk: ReturnType<typeof createPriceDesk>) => Source;
  close: () => Promise<void>;
}

const IDS = { BTC: 'bitcoin', ETH: 'ethereum' } as const;
const shared = { priority: 1, staleAfterMs: 5_000 };

const KINDS: readonly Kind[] = [
  {
    name: 'binance',
    async open() {
      const server = await BinanceServer.start();
      const prices = new Map<string, string>();
      // The market goes on.
      const market = setInterval(
        () => prices.forEach((price, coin) => server.trade(`${coin}USDT`, price)),
        50,
      );
      return {
        start: () => server.start(),
        stop: () => server.stop(),
        price: (coin, text) => void prices.set(coin, text),
        nonsense: () =>
          server.say('{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","p":"a lot"}}'),
        freeze() {
          prices.clear();
          server.freeze();
        },
        target: (coin) => ({
          ...{ ...shared, exchanger: 'binance', pair: `${coin}-USDT`, symbol: coin, currency: 'USDT' },
          url: server.url,
        }),
        source: ({ sink }) =>
          openBinance({ clock: systemClock, random: Math.random, open: createOpenSocket(systemClock) })(sink),
        async close() {
          clearInterval(market);
          await server.stop();
        },
      };
    },
  },
  {
    name: 'coingecko',
    async open() {
      const server = await CoinGeckoServer.start();
      const { get, close } = createHttpGet();
      return {
        start: () => server.start(),
        stop: () => server.stop(),
        price: (coin, text) => {
          server.trouble = undefined;
          server.price(IDS[coin], 'usd', text);
        },
        nonsense: () => server.price('bitcoin', 'usd', '"a lot"'),
        freeze: () => void (server.trouble = { kind: 'hang' }),
        target: (coin) => ({
          ...{ ...shared, exchanger: 'coingecko', pair: `${coin}-USD`, symbol: IDS[coin], currency: 'usd' },
          url: server.url,
        }),
        source: ({ sink }) =>
          openCoinGecko({ clock: systemClock, random: Math.random, get, apiKey: null, pollMs: 1_000 })(sink),
        async close() {
          await server.stop();
          await close();
        },
      };
    },
  },
];

for (const { name, open } of KINDS) {
  describe(`sources of rates: ${name}`, function () {
    this.timeout(60_000);
    let kind: Opened;
    let source: Source;
    let desk: ReturnType<typeof createPriceDesk>;
    let words: Word[];
    let drops: string[];

    beforeEach(async () => {
      kind = await open();
      words = [];
      drops = [];
      desk = createPriceDesk({
        clock: systemClock,
        word: (word) => words.push(word),
        dropped: (_exchanger, reason) => drops.push(reason),
        skewed: () => undefined,
        changed: () => undefined,
      });
      source = kind.source(desk);
    });
    afterEach(async () => {
      await source.stop();
      await kind.close();
    });

    const last = (coin: 'BTC' | 'ETH') => words.findLast(({ pair }) => pair === kind.target(coin).pair);
    const priced = (coin: 'BTC' | 'ETH', text: string) =>
      waitFor(`${coin} at ${text}`, () => last(coin)?.valueText === text && last(coin)!.kind !== 'lost');

    it('gives prices exactly as they are, tiny and huge ones too', async () => {
      source.follow([kind.target('BTC')]);
      const cases = {
        '54000.000123': '54000.000123',
        '1e-12': '0.000000000001',
        '1000000000000': '1000000000000',
      };
      for (const [text, wanted] of Object.entries({
        ...cases,
        '0': '0',
        '0.1234567890123456789': undefined,
      })) {
        kind.price('BTC', text);
        await priced('BTC', wanted ?? text);
      }
      expect(last('BTC')).to.include({ exchanger: name, pair: kind.target('BTC').pair });
      expect(Math.abs(last('BTC')!.at - Date.now())).to.be.lessThan(3_000);
      expect(source.state()).to.deep.equal({ status: 'up' });
    });

    it('starts while its server is away, and comes when that comes', async () => {
      await kind.stop();
      source.follow([kind.target('BTC')]);
      await waitFor('it to say that it is down', () => source.state().status === 'down');
      expect(source.state().detail).to.match(/ECONNREFUSED/);
      kind.price('BTC', '1');
      await kind.start();
      await priced('BTC', '1');
      expect(source.state()).to.deep.equal({ status: 'up' });
    });

    it('says within 5 s that its server is gone, and is back within 5 s of its return', async () => {
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '1');
      await priced('BTC', '1');
      await kind.stop();
      await waitFor('the loss', () => last('BTC')!.kind === 'lost', { timeoutMs: 6_000 });
      expect(source.state().status).to.equal('down');
      await kind.start();
      kind.price('BTC', '2');
      await waitFor('the return', () => last('BTC')!.valueText === '2', { timeoutMs: 6_000 });
    });

    it('does not wait for ever for a server that takes calls and answers none', async () => {
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '1');
      await priced('BTC', '1');
      kind.freeze();
      await waitFor('the loss', () => last('BTC')!.kind === 'lost', { timeoutMs: 20_000 });
      kind.price('BTC', '2');
      await priced('BTC', '2');
    });

    it('takes another pair within 2 s and lets one go, without a gap for the rest', async () => {
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '1');
      kind.price('ETH', '7');
      await priced('BTC', '1');
      const begun = Date.now();
      source.follow([kind.target('BTC'), kind.target('ETH')]);
      await priced('ETH', '7');
      expect(Date.now() - begun).to.be.lessThan(2_500);
      source.follow([kind.target('ETH')]);
      kind.price('ETH', '8');
      await priced('ETH', '8');
      expect(words.map((word) => word.kind)).not.to.include('lost');
    });

    it('counts what makes no sense, and goes on', async () => {
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '1');
      await priced('BTC', '1');
      kind.nonsense();
      await waitFor('the drop', () => drops.includes('malformed'));
      kind.price('BTC', '2');
      await priced('BTC', '2');
      expect(words.map(({ valueText }) => valueText)).not.to.include('a lot');
    });

    it('is idle where nothing is asked of it, and may be asked again', async () => {
      expect(source.state()).to.deep.equal({ status: 'idle' });
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '1');
      await priced('BTC', '1');
      source.follow([]);
      expect(source.state()).to.deep.equal({ status: 'idle' });
      source.follow([kind.target('BTC')]);
      kind.price('BTC', '3');
      await priced('BTC', '3');
    });
  });
}
