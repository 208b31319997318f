import { expect } from 'chai';
import { AsyncApi, type AsyncApiText } from '../support/async-api.js';
import { type Frame, LiveSocket } from '../support/live-socket.js';
import { answersOf } from '../support/open-api.js';
import { type CourseView, RateMarket } from '../support/rate-market.js';
import { type Answer, RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface Courses {
  exchanger: string | null;
  courses: CourseView[];
}

/** Any header that the fast way does not know leads past it. */
const PAST_MEMORY = { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' };

describe('exchange rates', function () {
  this.timeout(90_000);
  let market: RateMarket;
  let service: Service;
  let rest: RestClient;

  before(async () => {
    market = await RateMarket.open();
    await Promise.all([market.binance.stop(), market.coingecko.stop()]);
    service = await startService({ env: market.env });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  });
  after(async () => {
    await service?.stop();
    await market?.close();
  });

  const ask = (pair: string, headers = {}): Promise<Answer> =>
    rest.get(`/api/v1/currency_pair?currency_pair=${pair}`, headers);
  async function course(pair: string): Promise<CourseView | undefined> {
    const { status, body } = await ask(pair);
    return status === 200 ? (body as Courses).courses[0] : undefined;
  }
  async function courses(query = ''): Promise<Courses> {
    return (await rest.get(`/api/v1/courses${query}`)).body as Courses;
  }
  const becomes = (what: string, pair: string, is: (course: CourseView) => boolean, timeoutMs = 15_000) =>
    waitFor(what, async () => is((await course(pair)) ?? ({} as CourseView)), { timeoutMs });
  async function rates(): Promise<{ status: string; detail?: string }> {
    const { body } = await rest.get('/readyz');
    return (body as { parts: Record<string, { status: string; detail?: string }> }).parts['rates']!;
  }

  describe('at a start with everything down', () => {
    it('are not there, which is said in one line and by readiness, and nothing else waits for them', async () => {
      expect((await rest.get('/readyz')).status).to.equal(200);
      const answer = await ask('BTC-USDT');
      expect(answer.body).to.include({ status: 404, detail: 'Pair not found', code: 'rates.pair-not-found' });
      expect(await courses()).to.deep.equal({ exchanger: null, courses: [] });
      const lines = () =>
        service
          .output()
          .split('\n')
          .filter((line) => line.includes('cannot be reached'));
      await waitFor('the line', () => lines().length > 0);
      await waitFor('both to be down', async () => /binance.*coingecko/.test((await rates()).detail ?? ''));
      expect(lines()).to.have.length(1);
      expect(lines()[0]).to.include('ECONNREFUSED').and.include('binance').and.include('coingecko');
    });

    it('come when the exchanges come', async () => {
      await Promise.all([market.binance.start(), market.coingecko.start()]);
      await waitFor('all of them', async () => (await courses()).courses.length === 10);
      await waitFor('readiness', async () => (await rates()).status === 'ok');
      await waitFor('a line that says so', () => service.output().includes('exchanges answer again'));
    });
  });

  describe('over REST', () => {
    it('are answered as the contract has it, in any case and by ids', async () => {
      const { exchanger, courses: found } = (await ask('btc-usdt')).body as Courses;
      expect(exchanger).to.equal('binance');
      expect(found).to.have.length(1);
      expect(found[0]).to.include({
        ...{ direction: 'BTC-USDT', value: 54000.000123, value_text: '54000.000123' },
        ...{ exchanger: 'binance', stale: false },
      });
      expect(found[0]!.age_s).to.be.within(0, 2);
      expect(await course('bitcoin-usd')).to.include({ direction: 'BTC-USD', quoted_in: 'USDT' });
      expect(await course('Tron-rub')).to.include({ direction: 'TRX-RUB', exchanger: 'coingecko' });
    });

    it('are the same from memory as from the controller, and known by their tag', async () => {
      market.trades.clear();
      await waitFor('a quiet market', async () => ((await course('BTC-USDT'))?.age_s ?? 0) > 0.3);
      for (const path of ['/api/v1/currency_pair?currency_pair=BTC-USDT', '/api/v1/courses']) {
        const same = ({ text }: Answer): string => text.replace(/"age_s":[\d.]+/g, '');
        const [hot, cold] = [await rest.get(path), await rest.get(path, PAST_MEMORY)];
        if (path.includes('pair')) expect(same(hot)).to.equal(same(cold));
        const tag = (await rest.get(path)).headers.get('etag')!;
        expect(tag).to.match(/^W\/"/);
        for (const headers of [{}, PAST_MEMORY]) {
          const known = await rest.get('/api/v1/currency_pair?currency_pair=BTC-USDT', {
            'if-none-match': hot.headers.get('etag')!,
            ...headers,
          });
          expect(known.status).to.equal(path.includes('pair') ? 304 : 200);
        }
      }
      market.trades.set('BTCUSDT', '54000.000123').set('ETHUSDT', '3001.1');
    });

    it('tell their age at the moment of the answer, though nothing has changed', async () => {
      market.trades.delete('ETHUSDT');
      const first = (await course('ETH-USDT'))!;
      await becomes('an older one', 'ETH-USDT', ({ age_s }) => age_s >= first.age_s + 2.5);
      const later = (await course('ETH-USDT'))!;
      expect(later).to.include({ value: first.value, stale: false });
      market.trades.set('ETHUSDT', '3001.1');
    });

    it('can be had of one source, and of some pairs', async () => {
      const own = await courses('?exchanger=binance');
      expect(own.exchanger).to.equal('binance');
      expect(own.courses.map(({ direction }) => direction)).to.deep.equal(['BTC-USDT', 'ETH-USDT']);
      const some = await courses('?direction=BTC-USD&direction=tron-usd&direction=X-Y');
      expect(some.courses.map(({ direction, exchanger }) => `${exchanger} ${direction}`)).to.deep.equal([
        'binance BTC-USD',
        'coingecko TRX-USD',
      ]);
      const other = await courses('?exchanger=coingecko&direction=BTC-USD');
      expect(other.courses[0]).to.include({ value_text: '54100.12', exchanger: 'coingecko' });
      expect((await courses('?exchanger=&direction=')).courses).to.have.length(10);
      expect((await rest.get('/api/v1/courses?pair=x')).status).to.equal(422);
      expect((await rest.get('/api/v1/currency_pair')).status).to.equal(422);
    });

    it('convert, saying by which path', async () => {
      const { body } = await rest.get('/api/v1/convert?from=eth&to=USDT&amount=1.5');
      expect(body).to.deep.include({
        from: 'ETH',
        to: 'USDT',
        amount: '1.5',
        result: '4501.65',
        stale: false,
      });
      expect(body).to.deep.include({ path: ['ETH-USDT'] });
      const none = await rest.get('/api/v1/convert?from=BTC&to=NOK');
      expect(none.body).to.include({ status: 404, detail: 'Pair not found' });
      for (const query of ['from=BTC', 'from=BTC&to=USD&amount=-1', 'from=BTC&to=USD&amount=1e5'])
        expect((await rest.get(`/api/v1/convert?${query}`)).status, query).to.equal(422);
    });

    it('have a history, as JSON, CSV and NDJSON', async () => {
      const path = '/api/v1/rates/bitcoin-usd/history?interval=1h';
      const items = async (): Promise<Record<string, string>[]> =>
        ((await rest.get(path)).body as { items: Record<string, string>[] }).items;
      await waitFor('the first minute', async () => (await items()).length > 0, { timeoutMs: 20_000 });
      const [candle] = await items();
      expect(candle).to.include({ exchanger: 'binance', quoted_in: 'USDT', high: '54000.000123' });
      expect(candle!['at']).to.match(/:00:00\.000Z$/);
      const csv = await rest.get(path, { accept: 'text/csv' });
      expect(csv.text).to.match(/^at,open,high,low,close,exchanger,quoted_in\r\n(.*,binance,USDT\r\n)+$/);
      const lines = await rest.get(path, { accept: 'application/x-ndjson' });
      expect(JSON.parse(lines.text.split('\n')[0]!)).to.have.property('exchanger', 'binance');
      const page = await rest.get(
        '/api/v1/rates/BTC-USDT/history?from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&limit=1',
      );
      expect((page.body as { items: unknown[] }).items).to.have.length(1);
      for (const query of [
        'interval=2m',
        'limit=0',
        'from=now',
        'cursor=x',
        'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      ])
        expect((await rest.get(`/api/v1/rates/BTC-USDT/history?${query}`)).status, query).to.equal(422);
      expect((await rest.get('/api/v1/rates/none/history')).body).to.include({ detail: 'Pair not found' });
    });
  });

  describe('of sources that fail', () => {
    let socket: LiveSocket;
    before(async () => {
      socket = await LiveSocket.open(service.url);
      await socket.subscribe('rates.BTC-USD');
    });
    after(() => socket.close());

    it('are followed on the live channel, in the form that the document has', async () => {
      const other = await LiveSocket.open(service.url);
      for (const none of ['rates.X-Y', 'rates.trx-rub'])
        expect((await other.subscribe(none)).code).to.equal('rates.not-found');
      const { snapshot } = await other.subscribe('rates');
      expect((snapshot as unknown as { courses: CourseView[] }).courses).to.have.length(10);
      other.send({ op: 'subscribe', topic: 'rates.TRX-RUB' });
      const isAnswer = ({ op, topic }: Frame): boolean => op === 'subscribed' && topic === 'rates.TRX-RUB';
      const one = await waitFor('the answer', () => other.frames.find(isAnswer));
      expect(one.snapshot).to.include({ direction: 'TRX-RUB', value_text: '10.8' });
      const api = new AsyncApi((await rest.get('/asyncapi.json')).body as AsyncApiText);
      await waitFor('an update', () =>
        other.frames.some(({ event }) => event?.type === 'rates.course-updated'),
      );
      for (const frame of other.frames)
        expect(api.fitting('send.live', frame), JSON.stringify(frame)).to.have.length(1);
      await other.close();
    });

    const told = (type: string) =>
      waitFor(type, () => socket.frames.find(({ event }) => event?.type === `rates.${type}`)?.event?.data);

    it('come from the next source within 5 s, and back from the first', async () => {
      await told('course-updated');
      socket.frames.length = 0;
      await market.binance.stop();
      await becomes(
        'the other source',
        'BTC-USD',
        ({ exchanger, stale }) => exchanger === 'coingecko' && !stale,
        5_500,
      );
      expect(await course('BTC-USDT')).to.include({ exchanger: 'binance', stale: true });
      expect(await told('source-switched')).to.include({ pair: 'BTC-USD', from: 'binance', to: 'coingecko' });
      await market.binance.start();
      await becomes(
        'the first source',
        'BTC-USD',
        ({ exchanger, stale }) => exchanger === 'binance' && !stale,
        5_500,
      );
    });

    it('are stale when all are gone, and never called fresh', async () => {
      socket.frames.length = 0;
      await Promise.all([market.binance.stop(), market.coingecko.stop()]);
      await waitFor('all to be stale', async () => (await courses()).courses.every(({ stale }) => stale));
      expect((await courses()).exchanger).to.equal(null);
      expect(await course('BTC-USD')).to.have.property('value_text');
      expect(await told('source-lost')).to.deep.include({ pair: 'BTC-USD', to: null });
      expect((await rates()).detail).to.match(/8 of 8|10 of 10/);
      expect((await rest.get('/api/v1/convert?from=BTC&to=RUB')).body).to.include({ stale: true });
      await Promise.all([market.binance.start(), market.coingecko.start()]);
      await waitFor('all to be fresh', async () => (await courses()).courses.every(({ stale }) => !stale));
      await told('source-recovered');
    });

    it('are noticed by their silence, though the connection stays open', async () => {
      const before = market.binance.asked.length;
      market.binance.freeze();
      await becomes('the other source', 'BTC-USD', ({ exchanger }) => exchanger === 'coingecko', 5_500);
      await becomes('the first source', 'BTC-USD', ({ exchanger }) => exchanger === 'binance');
      expect(market.binance.asked.length).to.be.greaterThan(before);
    });

    it('mark a course where they differ by more than is allowed', async () => {
      socket.frames.length = 0;
      market.coingecko.price('bitcoin', 'usd', '60000');
      await becomes('the mark', 'BTC-USD', ({ diverged }) => diverged === true);
      expect(await told('source-diverged')).to.have.nested.property('course.diverged', true);
      market.coingecko.price('bitcoin', 'usd', '54100.12');
      await becomes('no mark', 'BTC-USD', ({ diverged }) => diverged === undefined);
    });
  });

  describe('of odd trades', () => {
    const dropped = async (reason: string): Promise<number> => {
      const { text } = await rest.get('/metrics');
      const line = new RegExp(
        `^switchyard_rates_dropped_total{source="binance",reason="${reason}"} (\\d+)`,
        'm',
      );
      return Number(line.exec(text)?.[1] ?? 0);
    };

    it('are left out and counted where the trade makes no sense', async () => {
      const before = await dropped('malformed');
      const wrong = ['"p":"NaN"', '"p":"-1"', '"p":null', '"p":{}', '"p":"1","T":"now"', '"x":1'];
      for (const some of wrong)
        market.binance.say(`{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT",${some}}}`);
      for (const text of ['', '{', 'null', '[]', '{"stream":"x"}']) market.binance.say(text);
      await waitFor('the count', async () => (await dropped('malformed')) === before + 11);
      await becomes('the next good one', 'BTC-USDT', ({ stale, age_s }) => !stale && age_s < 1);
    });

    it('are exact at 0, 1e-12 and 1e12', async () => {
      for (const [price, text] of [
        ['0.00000000', '0'],
        ['0.000000000001', '0.000000000001'],
        ['1000000000000.00000000', '1000000000000'],
      ]) {
        market.trades.set('ETHUSDT', price!);
        await becomes(
          price!,
          'ETH-USDT',
          ({ value_text, value }) => value_text === text && value === Number(text),
        );
      }
      market.trades.set('ETHUSDT', '3001.1');
    });

    it('have the time of their receipt where theirs lies ahead, and are stale where it lies far behind', async () => {
      market.trades.delete('ETHUSDT');
      market.binance.trade('ETHUSDT', '3002', { at: Date.now() + 3_600_000 });
      await becomes(
        'the one ahead',
        'ETH-USDT',
        ({ value, age_s, stale }) => value === 3002 && age_s < 5 && !stale,
      );
      const late = await dropped('late');
      market.binance.trade('ETHUSDT', '3003', { at: Date.now() - 3_600_000 });
      await waitFor('the one behind to be left out', async () => (await dropped('late')) > late);
      expect(await course('ETH-USDT')).to.include({ value: 3002, stale: false });
      market.trades.set('ETHUSDT', '3001.1');
    });
  });

  describe('on the wire', () => {
    it('answer pings with their payload', async () => {
      market.binance.ping('payload-1');
      await waitFor('the pong', () => market.binance.pongs.includes('payload-1'));
    });

    it('are left in good order when the service stops', async () => {
      expect(await service.stop()).to.equal(0);
      await waitFor('the connections to be closed', () => market.binance.lines.size === 0);
      expect(service.output()).not.to.match(/"level":"(error|fatal)"/);
    });
  });
});
