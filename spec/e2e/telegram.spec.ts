import { expect } from 'chai';
import { BinanceServer } from '../support/binance-server.js';
import { BotApiServer } from '../support/bot-api-server.js';
import { LiveSocket } from '../support/live-socket.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface AlertView {
  id: string;
  state: string;
  number: number | null;
  value: string;
}

describe('the bot and alerts, in the running service', function () {
  this.timeout(120_000);
  let binance: BinanceServer;
  let telegram: BotApiServer;
  let service: Service;
  let rest: RestClient;
  let env: Record<string, string>;

  before(async () => {
    [binance, telegram] = await Promise.all([BinanceServer.start(), new BotApiServer().start()]);
    env = {
      RATES_ENABLED: 'on',
      RATES_BINANCE_URL: binance.url,
      RATES_COINGECKO_URL: 'http://127.0.0.1:1',
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.url,
    };
    // Telegram is away at the start, and comes later.
    const { port } = new URL(telegram.url);
    await telegram.stop();
    service = await startService({ env });
    await telegram.start(Number(port));
    rest = new RestClient(service.url);
    await waitFor('the feed', () => binance.hears('BTCUSDT'), { timeoutMs: 30_000 });
  });
  after(async () => {
    await service?.stop();
    await Promise.all([telegram.stop(), binance.stop()]);
  });

  const trade = (price: string): void => binance.trade('BTCUSDT', price);
  const alerts = async (): Promise<AlertView[]> =>
    ((await rest.get('/api/v1/alerts')).body as { items: AlertView[] }).items;

  it('answers with the rate that the exchange gave', async () => {
    trade('54000.000123');
    await waitFor(
      'the course',
      async () => (await rest.get('/api/v1/currency_pair?currency_pair=BTC-USDT')).status === 200,
    );
    telegram.write('/rate bitcoin usdt', { chat: 1 });
    expect((await telegram.texts(1, 1))[0]).to.match(/^BTC-USDT 54000\.000123\nbinance, \d+ s ago$/);
  });

  it('tells a chat, in its language, when what it waits for comes true, once', async () => {
    telegram.write('/alert BTC-USDT > 60000', { chat: 2, language: 'ru' });
    await telegram.texts(1, 2);
    const live = await LiveSocket.open(service.url);
    await live.subscribe('rate-alerts');
    trade('61000.5');
    const [, fired] = await telegram.texts(2, 2);
    expect(fired).to.equal('Оповещение 1: BTC-USDT выше 60000\nСейчас 61000.5.');
    const event = await waitFor('the event', () =>
      live.frames.map(({ event: found }) => found).find((found) => found?.type === 'rates.alert-fired'),
    );
    expect(event.data).to.include({ pair: 'BTC-USDT', course_value: '61000.5', state: 'fired', number: 1 });
    await live.close();
    trade('61001');
    telegram.write('/alerts', { chat: 2, language: 'ru' });
    const texts = await telegram.texts(3, 2);
    expect(texts[2]).to.match(/выше 60000 \(сработало/);
  });

  it('keeps state and promises over a crash, and a chat cancels what was set over REST', async () => {
    const body = {
      pair: 'btc-usdt',
      op: 'below',
      value: 50000.25,
      channels: [{ kind: 'telegram', chat_id: 3 }],
    };
    const made = await rest.post('/api/v1/alerts', { body });
    expect(made.status).to.equal(201);
    expect(made.body).to.include({ value: '50000.25', number: 1, state: 'armed', pair: 'BTC-USDT' });
    expect((await rest.get(made.headers.get('location')!)).headers.get('etag')).to.equal('"1"');
    await service.kill();
    telegram.write('/alerts', { chat: 3 });
    service = await startService({ cwd: service.cwd, env });
    rest = new RestClient(service.url);
    expect((await telegram.texts(1, 3))[0]).to.equal('You are waiting for:\n1. BTC-USDT below 50000.25');
    await waitFor('the feed', () => binance.hears('BTCUSDT'), { timeoutMs: 30_000 });
    trade('50000');
    expect((await telegram.texts(2, 3))[1]).to.equal('Alert 1: BTC-USDT below 50000.25\nIt is 50000 now.');
    telegram.write('/cancel 1', { chat: 3 });
    expect((await telegram.texts(3, 3))[2]).to.equal('Alert 1 is cancelled.');
    expect((await alerts()).map(({ value }) => value)).to.deep.equal(['60000']);
  });

  it('refuses what is no alert by naming the field, and removes one for who has its newest form alone', async () => {
    const post = (body: object) => rest.post('/api/v1/alerts', { body });
    const wrong = await post({ pair: 'A-B', op: 'change_pct', value: '-5', channels: ['live', 'live'] });
    expect(wrong.status).to.equal(422);
    const { errors } = wrong.body as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).to.deep.equal(['/value', '/window_s']);
    expect((await post({ pair: 'BTCUSDT', op: 'above', value: 1 })).text).to.include('such as BTC-USDT');
    const twice = await post({ pair: 'A-B', op: 'above', value: 1, channels: ['live', { kind: 'live' }] });
    expect(twice.text).to.include('/channels/1');
    const channels = [{ kind: 'telegram', chat_id: 'me' }];
    expect((await post({ pair: 'A-B', op: 'above', value: 1, channels })).text).to.include(
      '/channels/0/chat_id',
    );
    expect((await post({ pair: 'A-B', op: 'over', value: 1 })).status).to.equal(422);
    const { id } = (await post({ pair: 'A-B', op: 'above', value: '1.5' })).body as AlertView;
    const path = `/api/v1/alerts/${id}`;
    expect((await rest.send('DELETE', path, { headers: { 'if-match': '"7"' } })).status).to.equal(412);
    expect((await rest.send('DELETE', path, { headers: { 'if-match': '"1"' } })).status).to.equal(204);
    expect((await rest.get(path)).status).to.equal(404);
    expect((await rest.get('/api/v1/alerts?chat=3')).status).to.equal(422);
  });

  it('lists alerts in pages, by pair, state and chat', async () => {
    const first = await rest.get('/api/v1/alerts?limit=1&pair=bitcoin-usdt&state=fired');
    expect(first.body).to.deep.include({ next_cursor: null });
    for (const value of ['1', '2', '3'])
      await rest.post('/api/v1/alerts', { body: { pair: 'X-Y', op: 'above', value } });
    const page = await rest.get('/api/v1/alerts?pair=X-Y&limit=2');
    const { items, next_cursor: cursor } = page.body as { items: AlertView[]; next_cursor: string };
    expect(items.map(({ value }) => value)).to.deep.equal(['3', '2']);
    expect(page.headers.get('link')).to.include('rel="next"');
    const rest2 = await rest.get(`/api/v1/alerts?pair=X-Y&limit=2&cursor=${cursor}`);
    expect((rest2.body as { items: AlertView[] }).items.map(({ value }) => value)).to.deep.equal(['1']);
    expect((await rest.get('/api/v1/alerts?chat_id=2')).text).to.include('"number":1');
  });

  it('tells a chat of the events that a webhook for it asks for', async () => {
    const body = { channel: 'telegram', chat_id: '9', event_types: ['rates.alert-created'] };
    expect((await rest.post('/api/v1/webhooks', { body })).status).to.equal(201);
    await rest.post('/api/v1/alerts', { body: { pair: 'TOLD-Y', op: 'above', value: 5 } });
    expect((await telegram.texts(1, 9))[0]).to.match(/^rates\.alert-created .*\n(.*\n)*pair: TOLD-Y/);
  });

  it('shows in metrics and readiness how the bot is, and never the token', async () => {
    const { text } = await rest.get('/metrics');
    expect(text).to.match(/switchyard_telegram_messages_total\{outcome="sent"\} \d/);
    expect(text).to.match(/switchyard_rate_alerts_watched 5/);
    expect((await rest.get('/readyz')).body).to.have.nested.property('parts.telegram');
    const shown = [text, (await rest.get('/api/v1/system/configuration')).text, service.output()].join('\n');
    expect(shown).not.to.include(telegram.token);
    expect(shown).not.to.include(telegram.token.split(':')[1]);
  });
});
