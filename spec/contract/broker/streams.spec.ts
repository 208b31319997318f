import { expect } from 'chai';
import type { Broker } from '../../../src/platform/broker/index.js';
import { waitFor } from '../../support/wait-for.js';
import { brokers, type Harness, openRabbit, type RabbitHarness } from './harness.js';

const news = (exchange: string, routingKey: string, text: string) => ({
  ...{ exchange, routingKey },
  body: Buffer.from(text),
});

/** A broker with a stream over a topic exchange; pattern `a.#`. */
async function streaming(harness: Harness, exchange: string, maxLength = 1_000): Promise<Broker> {
  const broker = harness.broker();
  const stream = { stream: 'news', bindings: [{ exchange, routingKey: 'a.#' }], maxLength };
  broker.declare({ exchanges: [{ exchange, type: 'topic' }], queues: [], streams: [stream] });
  await broker.start();
  if (!(await broker.connected(20_000))) throw new Error('the broker did not connect within 20 s');
  return broker;
}

/** Tells until it is heard: a channel may have to be opened first, and who listens may still be about to. */
async function toldUntilHeard(broker: Broker, exchange: string, heard: readonly string[]): Promise<void> {
  await waitFor('the first news', () => {
    broker.tell(news(exchange, 'a.first', 'first'));
    return heard.includes('a.first first');
  });
  let last = 0;
  await waitFor('no more of them', async () => {
    last = heard.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return heard.length === last;
  });
}

for (const [name, open] of brokers()) {
  describe(`streams of the broker port: ${name}`, function () {
    this.timeout(60_000);
    let harness: Harness;
    let exchange: string;

    before(async () => {
      harness = await open();
    });
    after(() => harness.close());
    beforeEach(() => (exchange = harness.queue()));
    afterEach(() => harness.stopParts());

    it('hand what the bindings take to who listens, in order, as bytes', async () => {
      const broker = await streaming(harness, exchange);
      const heard: string[] = [];
      broker.listen('news', ({ routingKey, body }) => heard.push(`${routingKey} ${body.toString()}`));
      await toldUntilHeard(broker, exchange, heard);
      heard.length = 0;
      for (let n = 0; n < 50; n++) {
        broker.tell(news(exchange, `a.b.${n}`, `{"n":${n}.0}`));
        broker.tell(news(exchange, `b.${n}`, 'not asked for'));
      }
      await waitFor('all of them', () => heard.length >= 50);
      expect(heard).to.deep.equal(Array.from({ length: 50 }, (_, n) => `a.b.${n} {"n":${n}.0}`));
    });

    it('hand nothing on once listening has stopped, and go on after a handler that throws', async () => {
      const broker = await streaming(harness, exchange);
      const heard: string[] = [];
      const listening = broker.listen('news', ({ routingKey, body }) => {
        heard.push(`${routingKey} ${body.toString()}`);
        if (body.toString() === 'bad') throw new Error('cannot take this');
      });
      await toldUntilHeard(broker, exchange, heard);
      broker.tell(news(exchange, 'a', 'bad'));
      broker.tell(news(exchange, 'a', 'good'));
      await waitFor('what came after it', () => heard.includes('a good'));
      await listening.stop();
      heard.length = 0;
      broker.tell(news(exchange, 'a', 'late'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).to.deep.equal([]);
    });

    it('say that what is told before the start, or after the end, is lost', async () => {
      const broker = harness.broker();
      expect(broker.tell(news(exchange, 'a', 'x'))).to.equal(false);
      await broker.start();
      await broker.stop();
      expect(broker.tell(news(exchange, 'a', 'x'))).to.equal(false);
    });

    it('are read only where somebody declared them', () => {
      expect(() => harness.broker().listen('nothing', () => undefined)).to.throw('nobody declared');
    });
  });
}

describe('streams over RabbitMQ', function () {
  this.timeout(60_000);
  let harness: RabbitHarness;

  before(async () => (harness = await openRabbit()));
  after(() => harness.close());
  afterEach(() => harness.stopParts());

  it('reach every process that listens', async () => {
    const exchange = harness.queue();
    const [one, other] = [await streaming(harness, exchange), await streaming(harness, exchange)];
    const heard: [string[], string[]] = [[], []];
    one.listen('news', ({ body }) => heard[0].push(`a.first ${body.toString()}`));
    other.listen('news', ({ body }) => heard[1].push(`a.first ${body.toString()}`));
    await toldUntilHeard(one, exchange, heard[0]);
    await toldUntilHeard(other, exchange, heard[1]);
    expect(heard[0].length).to.be.greaterThan(0);
  });

  it('are read again after a lost connection, and what is told meanwhile is known to be lost', async () => {
    const exchange = harness.queue();
    const broker = await streaming(harness, exchange);
    const heard: string[] = [];
    broker.listen('news', ({ routingKey, body }) => heard.push(`${routingKey} ${body.toString()}`));
    await toldUntilHeard(broker, exchange, heard);
    harness.proxy.cut();
    await waitFor('the loss', () => !broker.tell(news(exchange, 'a', 'x')));
    heard.length = 0;
    await toldUntilHeard(broker, exchange, heard);
  });
});
