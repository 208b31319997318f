import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { Broker, Delivery, Settlement } from '../../../src/platform/broker/index.js';
import { waitFor } from '../../support/wait-for.js';
import { brokers, gate, type Harness, running, to } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

for (const [name, open] of brokers()) {
  describe(`broker port: ${name}`, function () {
    this.timeout(60_000);
    let harness: Harness;
    let broker: Broker;
    let queue: string;

    before(async () => {
      harness = await open();
    });
    after(() => harness.close());
    beforeEach(async () => {
      queue = harness.queue();
      broker = await running(harness, [queue]);
    });
    afterEach(() => harness.stopParts());

    it('has a message in its queue once publish has resolved', async () => {
      expect(await broker.publish(to(queue, 'one'))).to.equal('routed');
      expect(await broker.depth(queue)).to.equal(1);
      expect(await broker.depth(`${queue}-unknown`)).to.equal(null);
    });

    it('delivers in the order of publishing', async () => {
      const wanted = Array.from({ length: 100 }, (_, n) => `message ${n}`);
      await Promise.all(wanted.map((body) => broker.publish(to(queue, body))));
      const got: string[] = [];
      broker.consume({ queue, prefetch: 1 }, (delivery) => {
        got.push(delivery.body.toString());
        return TAKEN;
      });
      await waitFor('all messages', () => got.length === wanted.length);
      expect(got).to.deep.equal(wanted);
    });

    it('has no more than the prefetch in hand', async () => {
      let inHand = 0;
      let most = 0;
      let taken = 0;
      broker.consume({ queue, prefetch: 3 }, async () => {
        most = Math.max(most, ++inHand);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inHand--;
        taken++;
        return TAKEN;
      });
      await Promise.all(Array.from({ length: 30 }, (_, n) => broker.publish(to(queue, `${n}`))));
      await waitFor('all messages', () => taken === 30);
      expect(most).to.equal(3);
    });

    it('keeps bytes as they came, whatever the content type says', async () => {
      const json = '{"correlation_id": 9223372036854775807 }';
      const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
      await broker.publish(to(queue, json, { contentType: 'application/json' }));
      await broker.publish(to(queue, bytes, { contentType: 'text/plain' }));
      await broker.publish(to(queue, '', { contentType: 'application/json' }));
      const got: Delivery[] = [];
      broker.consume({ queue, prefetch: 1 }, (delivery) => (got.push(delivery), TAKEN));
      await waitFor('three messages', () => got.length === 3);
      expect(got[0]!.body.toString()).to.equal(json);
      expect(got[0]!.contentType).to.equal('application/json');
      expect(got[1]!.body.equals(bytes)).to.equal(true);
      expect(got[2]!.body).to.have.length(0);
    });

    it('keeps the properties', async () => {
      const properties = {
        messageId: 'id-1',
        correlationId: '13242421424214',
        replyTo: 'amq.gen-x',
        type: 'spec.done.v1',
        contentType: 'application/json',
        headers: { traceparent: '00-aa-bb-01', retry: 3 },
      };
      await broker.publish(to(queue, '{}', properties));
      const got: Delivery[] = [];
      broker.consume({ queue, prefetch: 1 }, (delivery) => (got.push(delivery), TAKEN));
      await waitFor('the message', () => got.length === 1);
      expect(got[0]).to.deep.include({ ...properties, queue, redelivered: false });
    });

    it('says that no queue takes a message, and goes on', async () => {
      const outcomes = await Promise.all([
        broker.publish(to(`${queue}-unknown`, 'a')),
        broker.publish(to(queue, 'b')),
        broker.publish(to(queue, 'c', { exchange: 'no-such-exchange' })),
        broker.publish(to(queue, 'd')),
      ]);
      expect(outcomes).to.deep.equal(['unroutable', 'routed', 'unroutable', 'routed']);
    });

    it('refuses what no broker takes', async () => {
      const kindOf = (publish: Promise<unknown>) =>
        publish.then(
          () => 'none',
          (error: unknown) => (error as AppError).kind,
        );
      expect(await kindOf(broker.publish(to('x'.repeat(256), 'a')))).to.equal('invalid');
      const large = Buffer.alloc(16 * 1024 * 1024 + 1);
      expect(await kindOf(broker.publish(to(queue, large)))).to.equal('too-large');
      expect(await broker.publish(to(queue, 'fits'))).to.equal('routed');
    });

    it('routes by direct and topic exchanges', async () => {
      const [direct, topic, q1, q2] = [harness.queue(), harness.queue(), harness.queue(), harness.queue()];
      const other = harness.broker();
      other.declare({
        exchanges: [
          { exchange: direct, type: 'direct' },
          { exchange: topic, type: 'topic' },
        ],
        queues: [
          {
            queue: q1,
            bindings: [
              { exchange: direct, routingKey: 'k' },
              { exchange: topic, routingKey: 'a.*' },
              { exchange: 'amq.direct', routingKey: q1 },
            ],
          },
          { queue: q2, bindings: [{ exchange: topic, routingKey: 'a.#' }] },
        ],
      });
      await other.start();
      await other.connected(10_000);
      const publish = (exchange: string, routingKey: string) =>
        other.publish(to(routingKey, 'x', { exchange }));
      expect(await publish(direct, 'k')).to.equal('routed');
      expect(await publish(direct, 'other')).to.equal('unroutable');
      expect(await publish('amq.direct', q1)).to.equal('routed');
      expect(await publish(topic, 'a.b')).to.equal('routed');
      expect(await publish(topic, 'a.b.c')).to.equal('routed');
      expect(await publish(topic, 'b')).to.equal('unroutable');
      expect([await other.depth(q1), await other.depth(q2)]).to.deep.equal([3, 2]);
    });

    it('waits for the handlers in hand when it stops, and takes no more', async () => {
      const { opened, open: release } = gate();
      let began = 0;
      let ended = 0;
      const consumption = broker.consume({ queue, prefetch: 2 }, async () => {
        began++;
        await opened;
        ended++;
        return TAKEN;
      });
      await Promise.all(['a', 'b', 'c', 'd'].map((body) => broker.publish(to(queue, body))));
      await waitFor('two handlers', () => began === 2);
      const stopped = consumption.stop().then(() => ended);
      setImmediate(release);
      expect(await stopped).to.equal(2);
      await waitFor('what is left', async () => (await broker.depth(queue)) === 2);
      expect(began).to.equal(2);
    });
  });
}
