import { expect } from 'chai';
import { answersOf } from '../support/open-api.js';
import { type CourseView, RateMarket } from '../support/rate-market.js';
import { type Answer, RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface Row {
  id: string;
  symbols: string[];
}

const ROWS = '/api/v1/trade_info';

describe('exchange rates that are tracked', function () {
  this.timeout(60_000);
  let market: RateMarket;
  let service: Service;
  let rest: RestClient;

  before(async () => {
    market = await RateMarket.open();
    service = await startService({ env: market.env });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
    await waitFor('the first course', async () => (await ask('BTC-USDT')).status === 200);
  });
  after(async () => {
    await service?.stop();
    await market?.close();
  });

  const ask = (pair: string): Promise<Answer> => rest.get(`/api/v1/currency_pair?currency_pair=${pair}`);
  async function course(pair: string): Promise<CourseView | undefined> {
    const { status, body } = await ask(pair);
    return status === 200 ? (body as { courses: CourseView[] }).courses[0] : undefined;
  }
  const follow = (body: object, headers = {}) => rest.post(ROWS, { body, headers });
  const SOL = { exchanger: 'binance', symbols: ['SOL'], currencies: ['USDT'] };

  it('are rows of a first start, to be read, created, changed and deleted', async () => {
    const { items } = (await rest.get(ROWS)).body as { items: Row[] };
    expect(items.map(({ symbols }) => symbols)).to.deep.equal([
      ['BTC'],
      ['ETH'],
      ['bitcoin', 'ethereum', 'tether', 'tron'],
    ]);
    const page = await rest.get(`${ROWS}?limit=2&enabled=true`);
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link')!)![1]!;
    expect(((await rest.get(next)).body as { items: Row[] }).items).to.deep.equal(items.slice(2));
    expect(((await rest.get(`${ROWS}?exchanger=coingecko`)).body as { items: Row[] }).items).to.have.length(
      1,
    );
    const created = await follow(SOL, { 'idempotency-key': 'one' });
    const row = created.body as Row;
    expect(created.status).to.equal(201);
    expect(created.headers.get('location')).to.equal(`${ROWS}/${row.id}`);
    expect(created.body).to.include({ priority: 1, enabled: true, stale_after_s: 5, url: null });
    expect(((await follow(SOL, { 'idempotency-key': 'one' })).body as Row).id).to.equal(row.id);
    expect((await follow({ ...SOL, priority: 3 }, { 'idempotency-key': 'one' })).status).to.equal(422);
    const path = `${ROWS}/${row.id}`;
    const etag = (await rest.get(path)).headers.get('etag')!;
    const changed = await rest.send('PATCH', path, {
      body: { priority: 7 },
      headers: { 'if-match': etag },
    });
    expect(changed.body).to.include({ priority: 7 });
    expect((await rest.send('PATCH', path, { body: {}, headers: { 'if-match': etag } })).status).to.equal(
      412,
    );
    expect((await rest.send('DELETE', path, { headers: { 'if-match': etag } })).status).to.equal(412);
    expect((await rest.send('DELETE', path, {})).status).to.equal(204);
    expect((await rest.get(path)).body).to.include({ status: 404 });
  });

  it('are refused where they make no sense, naming the field', async () => {
    const cases: [object, string][] = [
      [{ ...SOL, exchanger: 'kraken' }, '/exchanger'],
      [{ ...SOL, symbols: [] }, '/symbols'],
      [{ ...SOL, symbols: ['SO/L'] }, '/symbols/0'],
      [{ ...SOL, url: 'http://localhost' }, '/url'],
      [{ ...SOL, url: 'wss://user:secret@localhost' }, '/url'],
      [{ ...SOL, priority: -1 }, '/priority'],
      [{ ...SOL, stale_after_s: 0 }, '/stale_after_s'],
      [{ ...SOL, more: 1 }, '/more'],
      [{ exchanger: 'coingecko', symbols: ['Bitcoin'], currencies: ['usd'] }, '/symbols/0'],
    ];
    for (const [body, pointer] of cases) {
      const { status, body: problem, text } = await follow(body);
      expect(status, pointer).to.equal(422);
      expect((problem as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal(pointer);
      expect(text).not.to.include('secret');
    }
  });

  it('are followed, changed and left within 2 s, under load and without a gap for others', async () => {
    market.trades.set('SOLUSDT', '150.5').set('XRPUSDT', '0.5');
    const ages: number[] = [];
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        const { age_s, stale } = (await course('BTC-USDT'))!;
        ages.push(stale ? Infinity : age_s);
      }
    })();
    const soon = { timeoutMs: 3_000 };
    const { id } = (await follow(SOL)).body as Row;
    await waitFor('the pair', async () => (await course('SOL-USDT'))?.value === 150.5, soon);
    await rest.send('PATCH', `${ROWS}/${id}`, { body: { symbols: ['XRP'] } });
    await waitFor('the other pair', async () => (await course('XRP-USDT'))?.value === 0.5, soon);
    await waitFor('the pair to be gone', async () => (await ask('SOL-USDT')).status === 404, soon);
    await rest.send('PATCH', `${ROWS}/${id}`, { body: { enabled: false } });
    await waitFor('it to be off', async () => (await ask('XRP-USDT')).status === 404, soon);
    await rest.send('PATCH', `${ROWS}/${id}`, { body: { enabled: true } });
    await waitFor('it to be on', async () => (await course('XRP-USDT'))?.stale === false, soon);
    await rest.send('DELETE', `${ROWS}/${id}`, {});
    await waitFor('it to be gone', async () => (await ask('XRP-USDT')).status === 404, soon);
    isOver = true;
    await load;
    expect(Math.max(...ages)).to.be.lessThan(1.5);
  });
});
