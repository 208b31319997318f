import { expect } from 'chai';
import { runCli } from '../../support/run-cli.js';
import { ScriptedApi } from '../../support/scripted-api.js';

const COURSE = {
  ...{ direction: 'BTC-USD', value: 54000, value_text: '54000.000123', exchanger: 'binance' },
  ...{ updated_at: '2026-01-01T00:00:00.000Z', age_s: 300, stale: true, quoted_in: 'USDT' },
};
const ALERT = {
  ...{ id: '0198b6a2-7a40-7000-8000-000000000000', pair: 'BTC-USDT', op: 'change_pct', value: '5' },
  ...{ window_s: 3600, channels: [{ kind: 'telegram', chat_id: '7' }, { kind: 'live' }], state: 'fired' },
  ...{ fired_at: '2026-01-01T00:00:00.000Z', fired_value: '1', fired_count: 2 },
};
const ROW = {
  ...{ id: 'a-row', exchanger: 'coingecko', url: null, symbols: ['bitcoin'], currencies: ['usd', 'rub'] },
  ...{ priority: 2, enabled: false, stale_after_s: 120 },
};

describe('switchyard rates', () => {
  let api: ScriptedApi;
  beforeEach(async () => (api = await ScriptedApi.start()));
  afterEach(() => api.stop());

  const rates = (...args: string[]) => runCli(['rates', ...args, '--url', api.address]);
  const answer = (body: unknown, status = 200): void => {
    api.script = () => ({ status, body });
  };

  it('pairs and show print rates with their age, and what is to be said of them', async () => {
    answer({ exchanger: null, courses: [COURSE] });
    const { stdout } = await rates('pairs', '--exchanger', 'binance');
    expect(stdout).to.match(/BTC-USD │ 54000\.000123 │ binance │ 5 min │ stale, quoted in USDT/);
    expect((await rates('show', 'bitcoin-usd')).stdout).to.match(
      /^BTC-USD 54000\.000123\nsource {3}binance, 5 min ago/,
    );
    expect(JSON.parse((await rates('pairs', '--json')).stdout)).to.deep.equal([COURSE]);
    expect(api.requests.map(({ path }) => path)).to.deep.equal([
      '/api/v1/courses?exchanger=binance',
      '/api/v1/currency_pair?currency_pair=bitcoin-usd',
      '/api/v1/courses',
    ]);
    answer({ exchanger: null, courses: [] });
    expect((await rates('pairs')).stdout).to.equal('no rates\n');
    answer({ status: 404, detail: 'Pair not found', code: 'rates.pair-not-found' }, 404);
    expect(await rates('show', 'x-y')).to.include({ code: 1, stdout: '' });
  });

  it('convert says the way, and history prints candles or CSV as it comes', async () => {
    const updated_at = COURSE.updated_at;
    answer({
      from: 'BTC',
      to: 'RUB',
      amount: '2',
      result: '8',
      rate: '4',
      path: ['BTC-USDT', 'USDT-RUB'],
      updated_at,
      stale: true,
    });
    expect((await rates('convert', '2', 'BTC', 'RUB')).stdout).to.equal(
      '2 BTC = 8 RUB\nrate     4\npath     BTC-USDT → USDT-RUB\nas of    2026-01-01T00:00:00.000Z, stale\n',
    );
    answer({
      items: [{ at: updated_at, open: '1', high: '3', low: '0.5', close: '2', exchanger: 'binance' }],
    });
    const history = await rates('history', 'BTC-USDT', '--interval', '1h', '--from', '0', '--limit', '5');
    expect(history.stdout).to.match(/│ 1 +│ 3 +│ 0\.5 │ 2 +│ binance/);
    answer('at,open\r\n');
    expect((await rates('history', 'BTC-USDT', '--csv')).stdout).to.equal('at,open\r\n');
    const [conversion, candles, csv] = api.requests;
    expect(conversion!.path).to.equal('/api/v1/convert?amount=2&from=BTC&to=RUB');
    expect(candles!.path).to.equal(
      '/api/v1/rates/BTC-USDT/history?interval=1h&limit=5&from=1970-01-01T00%3A00%3A00.000Z',
    );
    expect(csv!.headers.accept).to.equal('text/csv');
  });

  it('add, change and remove what is followed', async () => {
    api.script = ({ method }) => ({
      status: method === 'DELETE' ? 204 : 200,
      body: method === 'DELETE' ? '' : ROW,
    });
    const added = await rates(
      'add',
      '--exchanger',
      'coingecko',
      '--symbols',
      'bitcoin, tron',
      '--currencies',
      'usd',
    );
    expect(added.stdout).to.equal('followed as a-row\n');
    expect((await rates('change', 'a-row', '--disable', '--stale-after', '90')).stdout).to.match(
      /bitcoin │ usd rub/,
    );
    expect((await rates('remove', 'a-row')).stdout).to.equal('removed\n');
    const sent = api.requests.map(({ method, path, body }) => [
      method,
      path,
      body && (JSON.parse(body) as unknown),
    ]);
    expect(sent).to.deep.equal([
      [
        'POST',
        '/api/v1/trade_info',
        { exchanger: 'coingecko', symbols: ['bitcoin', 'tron'], currencies: ['usd'] },
      ],
      ['PATCH', '/api/v1/trade_info/a-row', { stale_after_s: 90, enabled: false }],
      ['DELETE', '/api/v1/trade_info/a-row', ''],
    ]);
    expect(api.requests[0]!.headers['idempotency-key']).to.match(/^[0-9a-f-]{36}$/);
  });

  it('sources and alerts list go on over pages', async () => {
    const pages = (item: unknown): void => {
      api.script = ({ path }) => {
        const next_cursor = path.includes('cursor=') ? null : 'more';
        return { status: 200, body: { items: [item], next_cursor } };
      };
    };
    pages(ROW);
    expect(JSON.parse((await rates('sources', '--json')).stdout)).to.deep.equal([ROW, ROW]);
    pages(ALERT);
    const { stdout } = await rates('alerts', 'list', '--pair', 'BTC-USDT');
    expect(stdout).to.match(/moves by 5 % in 3600 s │ fired │ 2 .*│ telegram 7, live/);
  });

  it('alerts add and remove', async () => {
    answer(ALERT, 201);
    const added = await rates(
      'alerts',
      'add',
      'BTC-USDT',
      'change_pct',
      '5',
      '--window',
      '3600',
      '--telegram',
      '7',
      '--webhook',
    );
    expect(added.stdout).to.equal(`waits for BTC-USDT moves by 5 % in 3600 s as ${ALERT.id}\n`);
    expect(JSON.parse(api.requests[0]!.body)).to.deep.equal({
      ...{ pair: 'BTC-USDT', op: 'change_pct', value: '5', window_s: 3600 },
      channels: ['live', 'webhook', { kind: 'telegram', chat_id: '7' }],
    });
    api.script = () => ({ status: 204, body: '' });
    expect((await rates('alerts', 'remove', ALERT.id)).stdout).to.equal('removed\n');
  });
});
