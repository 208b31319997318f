import { expect } from 'chai';
import { sql } from 'kysely';
import { AppError } from '../../../src/kernel/errors.js';
import type { Tx } from '../../../src/kernel/tx.js';
import type { Broker, Delivery, Settlement } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { waitFor } from '../../support/wait-for.js';
import { brokers, gate, type Harness, running, to } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

for (const [name, open] of brokers()) {
  describe(`broker port: ${name}`, function () {
    this.timeout(60_000);
    let harness: Harness;
    let broker: Broker;
    let queue: string;

    beforeEach(async () => {
      harness = await open();
      queue = harness.queue();
      broker = await running(harness, [queue]);
    });
    afterEach(() => harness.close());

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

    it('takes a message id once', async () => {
      const { db } = harness;
      await makeTable(db);
      broker.consume({ queue, prefetch: 5 }, (delivery, tx) => (addBody(db, tx, delivery), TAKEN));
      const messageId = `${queue}-same`;
      await Promise.all(['a', 'a', 'a'].map((body) => broker.publish(to(queue, body, { messageId }))));
      await broker.publish(to(queue, 'last'));
      await waitFor('both', async () => (await bodies(db)).length === 2);
      await broker.publish(to(queue, 'a', { messageId }));
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
      expect(await bodies(db)).to.have.members(['a', 'last']);
    });

    it('takes equal bytes under different ids as different messages', async () => {
      let taken = 0;
      broker.consume({ queue, prefetch: 5 }, () => (taken++, TAKEN));
      for (const messageId of [`${queue}-1`, `${queue}-2`])
        await broker.publish(to(queue, 'same', { messageId }));
      await waitFor('both', () => taken === 2);
    });

    it("commits the handler's statements with the message, or neither", async () => {
      const { db } = harness;
      await makeTable(db);
      let calls = 0;
      broker.consume({ queue, prefetch: 1 }, (delivery, tx) => {
        addBody(db, tx, delivery);
        if (++calls < 3) throw new Error('not yet');
        return TAKEN;
      });
      await broker.publish(to(queue, 'work'));
      await waitFor('the row', async () => (await bodies(db)).length > 0);
      expect(calls).to.equal(3);
      expect(await bodies(db)).to.deep.equal(['work']);
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
    });

    it('gives a message back when its commit fails, and takes it later', async () => {
      let away = true;
      const flaky = withCommit(harness.db, (commit) => {
        if (away) return Promise.reject(new AppError('away', { code: 'db.away', kind: 'unavailable' }));
        return commit();
      });
      let calls = 0;
      const other = await running(harness, [queue], flaky);
      other.consume({ queue, prefetch: 10 }, () => (calls++, TAKEN));
      for (const body of ['a', 'b', 'c']) await broker.publish(to(queue, body));
      await waitFor('several attempts', () => calls >= 12);
      away = false;
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
      expect(await harness.deadLetters.list({ limit: 10 })).to.have.length(0);
    });

    it('sends what is no valid work to the dead-letter queue, with the reason and the same bytes', async () => {
      const relay = harness.relay(broker);
      await relay.start();
      let calls = 0;
      broker.consume({ queue, prefetch: 5 }, () => {
        calls++;
        return { kind: 'dead', reason: 'invalid-json', detail: 'expected an object, got "\u0000 x"' };
      });
      const bytes = Buffer.from('{"correlation_id": 9223372036854775807');
      await broker.publish(to(queue, bytes, { messageId: 'm-1', correlationId: 'c-1', type: 't' }));
      const dead: Delivery[] = [];
      broker.consume({ queue: `${queue}.dead`, prefetch: 1 }, (delivery) => (dead.push(delivery), TAKEN));
      await waitFor('the dead letter', () => dead.length === 1);
      expect(dead[0]).to.deep.include({ messageId: 'm-1', correlationId: 'c-1', type: 't' });
      expect(dead[0]!.contentType).to.equal('application/json');
      expect(dead[0]!.body.equals(bytes)).to.equal(true);
      expect(dead[0]!.headers).to.include({ 'x-reason': 'invalid-json', 'x-original-queue': queue });
      expect(dead[0]!.headers['x-first-at']).to.match(/^\d{4}-.*Z$/);
      const [letter] = await harness.deadLetters.list({ limit: 10, source: queue });
      expect(letter).to.include({ kind: 'message', reason: 'invalid-json', status: 'waiting', attempts: 1 });
      expect((await harness.deadLetters.get(letter!.id))!.body!.equals(bytes)).to.equal(true);
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
      expect(calls).to.equal(1);
    });

    it('gives a message up after its handler has thrown 5 times', async () => {
      const relay = harness.relay(broker);
      await relay.start();
      let calls = 0;
      broker.consume({ queue, prefetch: 5 }, (delivery) => {
        if (delivery.body.toString() !== 'poison') return TAKEN;
        calls++;
        throw new Error('secret: hunter2');
      });
      await broker.publish(to(queue, 'poison'));
      await broker.publish(to(queue, 'good'));
      await waitFor('the dead letter', async () => (await broker.depth(`${queue}.dead`)) === 1);
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
      const [letter] = await harness.deadLetters.list({ limit: 10, reason: 'handler-failed' });
      expect(letter).to.include({ source: queue, attempts: 5 });
      expect(letter!.detail).not.to.include('hunter2');
      expect(calls).to.equal(5);
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

async function makeTable(db: Database): Promise<void> {
  const tx = db.begin();
  db.add(tx, sql`create table spec_taken (body text not null)`.compile(db.schema()));
  await db.commit(tx);
}

function addBody(db: Database, tx: Tx, delivery: Delivery): void {
  db.add(tx, sql`insert into spec_taken (body) values (${delivery.body.toString()})`.compile(db.schema()));
}

async function bodies(db: Database): Promise<string[]> {
  const rows = await db
    .schema<{ spec_taken: { body: string } }>()
    .selectFrom('spec_taken')
    .select('body')
    .execute();
  return rows.map((row) => row.body);
}

/** The same database, its commits in the hands of the spec. */
function withCommit(
  db: Database,
  around: (commit: () => ReturnType<Database['commit']>) => ReturnType<Database['commit']>,
): Database {
  return new Proxy(db, {
    get(target, key) {
      if (key === 'commit') return (tx: Parameters<Database['commit']>[0]) => around(() => target.commit(tx));
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
