import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { answersOf } from '../support/open-api.js';
import { RateMarket } from '../support/rate-market.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface Prices {
  min_price_att: number;
  max_price_att: number;
  sum_price_att_over_15: number;
}
interface Report {
  data: (Prices & { phone: number; in_currency?: Prices })[];
  currency?: { code: string; base: string; rate: string; rate_at: string; path: string[]; stale: boolean };
}

const JOB = { numbers: [5, 2], correlation_id: 'job' };

describe('reports in a currency', function () {
  this.timeout(60_000);
  let market: RateMarket;
  let service: Service;
  let rest: RestClient;

  before(async () => {
    market = await RateMarket.open();
    service = await startService({ env: { ...market.env, DATA_FILE: await attemptsFile(10_000, 1, 400) } });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
    await waitFor('rates', async () => (await rest.get('/api/v1/convert?from=RUB&to=USD')).status === 200);
  });
  after(async () => {
    await service?.stop();
    await market?.close();
  });

  it('give the prices in it too, with the rate and its time', async () => {
    const { body } = await rest.report({ ...JOB, currency: 'usd' });
    const { data, currency } = body as Report;
    expect(currency).to.deep.include({
      code: 'USD',
      base: 'RUB',
      path: ['USDT-RUB', 'USDT-USD'],
      stale: false,
    });
    expect(Number(currency!.rate)).to.be.closeTo(1 / 90.1, 1e-12);
    expect(Math.abs(Date.parse(currency!.rate_at) - Date.now())).to.be.lessThan(30_000);
    for (const phone of data) {
      for (const field of ['min_price_att', 'max_price_att', 'sum_price_att_over_15'] as const)
        expect(phone.in_currency![field]).to.be.closeTo(phone[field] / 90.1, 1e-9);
    }
  });

  it('are as they always were where nobody asks', async () => {
    const [plain, asked] = [await rest.report(JOB), await rest.report({ ...JOB, currency: 'RUB' })];
    const bare = (text: string): string =>
      text
        .replace(/,"in_currency":\{[^}]*\}/g, '')
        .replace(/,"currency":\{[^}]*\}/, '')
        .replace(/"total_duration":[\d.e-]+,"received":"[^"]+"/, '');
    expect(plain.text).not.to.include('currency');
    expect(bare(asked.text)).to.equal(bare(plain.text));
    const { data, currency } = asked.body as Report;
    expect(currency).to.deep.include({ code: 'RUB', rate: '1', path: [] });
    expect(data[0]!.in_currency!.max_price_att).to.equal(data[0]!.max_price_att);
  });

  it('are CSV too, with the rate behind the prices', async () => {
    const { text } = await rest.report({ ...JOB, currency: 'USD' }, { accept: 'text/csv' });
    const [header, first] = text.split('\r\n');
    expect(header).to.match(/,in_currency\.min_price_att,.*,currency,rate,rate_at$/);
    expect(first).to.match(/,USD,0\.0\d+,\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(first!.split(',')).to.have.length(header!.split(',').length);
  });

  it('are refused where no rate is known, or it is no currency', async () => {
    for (const currency of ['NOK', 'x', '', 'US-D', 5]) {
      const { status, body } = await rest.post('/api/v1/report', { body: { ...JOB, currency } });
      expect(status, String(currency)).to.equal(422);
      expect((body as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal('/currency');
    }
  });

  it('of many phones are made on a thread, and the same', async () => {
    const numbers = Array.from({ length: 400 }, (_, n) => n);
    const { body } = await rest.report({ numbers, correlation_id: 1, currency: 'USD' });
    const { data, currency } = body as Report;
    const some = data.at(-1)!;
    expect(some.in_currency!.max_price_att).to.be.closeTo(some.max_price_att * Number(currency!.rate), 1e-9);
  });
});
