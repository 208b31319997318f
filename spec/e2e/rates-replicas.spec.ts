import { expect } from 'chai';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { type CourseView, RateMarket } from '../support/rate-market.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

/** One of two replicas over one PostgreSQL and one RabbitMQ. */
interface Replica {
  service: Service;
  rest: RestClient;
}

describe('exchange rates on two replicas over RabbitMQ and PostgreSQL', function () {
  this.timeout(120_000);
  let market: RateMarket;
  let replicas: Replica[];
  let client: AmqpClient;

  before(async () => {
    market = await RateMarket.open();
    const [server, database] = await Promise.all([rabbitmq(), postgres()]);
    const AMQP_URL = await server.vhostUrl();
    const env = { ...market.env, AMQP_URL, DATABASE_URL: await database.createDatabase() };
    const start = async (): Promise<Replica> => {
      const service = await startService({ env });
      return { service, rest: new RestClient(service.url) };
    };
    replicas = [await start(), await start()];
    client = await amqpClient(AMQP_URL);
  });
  after(async () => {
    await client?.close();
    await Promise.all((replicas ?? []).map(({ service }) => service.stop()));
    await market?.close();
  });

  async function course({ rest }: Replica, pair: string): Promise<CourseView | undefined> {
    const { status, body } = await rest.get(`/api/v1/currency_pair?currency_pair=${pair}`);
    return status === 200 ? (body as { courses: CourseView[] }).courses[0] : undefined;
  }
  const onAll = (
    what: string,
    pair: string,
    is: (course: CourseView | undefined) => boolean,
    timeoutMs = 30_000,
  ) =>
    waitFor(
      what,
      async () => (await Promise.all(replicas.map((replica) => course(replica, pair)))).every(is),
      { timeoutMs },
    );
  const publish = (body: unknown, key = 'bank.USD-RUB'): void =>
    void client.channel.publish(
      'rates',
      key,
      Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    );

  it('are asked for once, and known to both', async () => {
    await onAll('a fresh course', 'BTC-USDT', (one) => one?.stale === false && one.exchanger === 'binance');
    await onAll('a fresh course of the other source', 'TRX-RUB', (one) => one?.stale === false);
    expect(market.binance.lines.size).to.equal(1);
  });

  it('go on the exchange in one form, each pair at most 5 times a second', async () => {
    const { queue } = await client.channel.assertQueue('', { exclusive: true });
    await client.channel.bindQueue(queue, 'rates', 'binance.BTC-USDT');
    const messages = await client.read(queue);
    await waitFor('some of them', () => messages.length >= 10);
    const times = messages.map(({ content }) => JSON.parse(content.toString()) as Record<string, string>);
    expect(times[0]).to.include({ exchanger: 'binance', direction: 'BTC-USDT', value: '54000.000123' });
    const seconds = (Date.parse(times.at(-1)!['at']!) - Date.parse(times[0]!['at']!)) / 1_000;
    expect((messages.length - 1) / seconds).to.be.lessThan(6);
    await client.channel.deleteQueue(queue);
  });

  it('may come from another program', async () => {
    const rate = { exchanger: 'bank', direction: 'USD-RUB', value: 90.123456789012345678, at: Date.now() };
    publish(JSON.stringify(rate).replace(/"value":[\d.]+/, '"value":90.123456789012345678'));
    await onAll('the rate', 'USD-RUB', (one) => one?.value_text === '90.123456789012345678');
    for (const wrong of [
      '',
      '{',
      '[]',
      { ...rate, value: 'x' },
      { ...rate, direction: 'x' },
      { ...rate, at: 'now' },
    ])
      publish(wrong);
    publish({ ...rate, value: '91', at: new Date().toISOString(), and: 'more' });
    await onAll('the next rate', 'USD-RUB', (one) => one?.value_text === '91');
    const { text } = await replicas[0]!.rest.get('/metrics');
    expect(text).to.match(/rates_dropped_total\{source="other",reason="malformed"\} 6/);
  });

  it('follow a row that one replica was told of on both within 2 s', async () => {
    market.trades.set('SOLUSDT', '150.5');
    const body = { exchanger: 'binance', symbols: ['SOL'], currencies: ['USDT'] };
    for (const { rest } of replicas) {
      const { id } = (await rest.post('/api/v1/trade_info', { body })).body as { id: string };
      await onAll('the pair', 'SOL-USDT', (one) => one?.value === 150.5, 4_000);
      await rest.send('DELETE', `/api/v1/trade_info/${id}`, {});
      await onAll('the pair to be gone', 'SOL-USDT', (one) => one === undefined, 4_000);
    }
  });

  it('stay fresh where they are fed while the broker is away, stale elsewhere, and come back with it', async function () {
    const server = await rabbitmq();
    if (!server.controllable) return this.skip();
    await server.stopApp();
    try {
      await waitFor('the other replica to say so', async () => {
        const found = await Promise.all(replicas.map((replica) => course(replica, 'BTC-USDT')));
        return found.some((one) => one?.stale === true);
      });
      const found = await Promise.all(replicas.map((replica) => course(replica, 'BTC-USDT')));
      expect(found.filter((one) => one?.stale === false)).to.have.length(1);
    } finally {
      await server.startApp();
    }
    await onAll('fresh courses', 'BTC-USDT', (one) => one?.stale === false);
    await onAll('fresh courses of the other source', 'TRX-RUB', (one) => one?.stale === false);
  });

  it('are fed by the other replica when the one that did is gone', async () => {
    const killed = await feeder();
    replicas = replicas.filter((replica) => replica !== killed);
    await killed.service.kill();
    market.trades.set('BTCUSDT', '55000');
    await onAll('the new price', 'BTC-USDT', (one) => one?.value === 55_000 && !one.stale);
    const path = '/api/v1/rates/BTC-USDT/history';
    const high = async (): Promise<string | undefined> =>
      ((await replicas[0]!.rest.get(path)).body as { items: { high: string }[] }).items.at(-1)?.high;
    await waitFor('its minute', async () => (await high()) === '55000', { timeoutMs: 20_000 });
  });

  /** Only the one that feeds has more to say than what the exchange brings. */
  async function feeder(): Promise<Replica> {
    market.binance.refuse(503);
    market.binance.cut();
    try {
      return await waitFor('the one that feeds', async () => {
        for (const replica of replicas) {
          const { text } = await replica.rest.get('/readyz');
          if (/binance: /.test(text)) return replica;
        }
        return undefined;
      });
    } finally {
      market.binance.refuse(undefined);
    }
  }
});
