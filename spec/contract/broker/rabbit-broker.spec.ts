import { inspect } from 'node:util';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import type { AppError } from '../../../src/kernel/errors.js';
import {
  createOutbox,
  createRabbitBroker,
  type Delivery,
  type Settlement,
} from '../../../src/platform/broker/index.js';
import { rabbitmq } from '../../support/rabbitmq.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { gate, openRabbit, type RabbitHarness, running, to } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

describe('RabbitMQ broker', function () {
  this.timeout(60_000);
  let harness: RabbitHarness;
  let queue: string;

  beforeEach(async () => {
    harness = await openRabbit();
    queue = harness.queue();
  });
  afterEach(() => harness.close());

  it('delivers again what was in hand when the connection was lost, and goes on by itself', async () => {
    const broker = await running(harness, [queue]);
    const { opened, open: release } = gate();
    const got: Delivery[] = [];
    broker.consume({ queue, prefetch: 1 }, async (delivery) => {
      got.push(delivery);
      if (got.length === 1) await opened;
      return TAKEN;
    });
    await broker.publish(to(queue, 'one'));
    await waitFor('the first delivery', () => got.length === 1);
    harness.proxy.cut();
    await waitFor('the loss to be seen', () => broker.state().status === 'degraded');
    release();
    await waitFor('the second delivery', () => got.length === 2);
    expect(got[1]).to.include({ redelivered: true, messageId: got[0]!.messageId });
    await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
    await waitFor('the way out', () => broker.state().status === 'ok');
    await broker.publish(to(queue, 'two'));
    await waitFor('the next message', () => got.some((delivery) => delivery.body.toString() === 'two'));
  });

  it('starts without a server, rejects meanwhile, and works when one is there', async () => {
    harness.proxy.close();
    const broker = harness.broker();
    broker.declare({ exchanges: [], queues: [{ queue }] });
    await broker.start();
    let taken = 0;
    broker.consume({ queue, prefetch: 1 }, () => (taken++, TAKEN));
    expect(await broker.connected(100)).to.equal(false);
    expect(broker.state().status).to.equal('starting');
    const refusal = await broker.publish(to(queue, 'early')).catch((error: unknown) => error as AppError);
    expect(refusal).to.include({ kind: 'unavailable', retryable: true });
    expect(await broker.depth(queue)).to.equal(null);
    harness.proxy.open();
    expect(await broker.connected(10_000)).to.equal(true);
    await broker.publish(to(queue, 'late'));
    await waitFor('the message', () => taken === 1);
  });

  it('loses nothing when the server restarts in the middle', async function () {
    const server = await rabbitmq();
    if (!server.controllable) return this.skip();
    const broker = await running(harness, [queue]);
    const relay = harness.relay(broker);
    const { db } = harness;
    const outbox = createOutbox(db, systemClock);
    const add = async (from: number): Promise<void> => {
      const tx = db.begin();
      for (let n = from; n < from + 100; n++) outbox.add(tx, to(queue, `${n}`));
      await db.commit(tx);
    };
    const bodies = new Set<string>();
    broker.consume({ queue, prefetch: 20 }, (delivery) => (bodies.add(delivery.body.toString()), TAKEN));
    await add(0);
    await relay.start();
    await server.stopApp();
    await add(100);
    await waitFor('the relay to say so', () => relay.state().status === 'degraded');
    await server.startApp();
    await add(200);
    await waitFor('all messages', () => bodies.size === 300, { timeoutMs: 20_000 });
    await waitFor('an empty outbox', async () => (await relay.backlog()).depth === 0);
  });

  it('uses a queue that exists with other arguments as it is, and says so once', async () => {
    const other = await connect(harness.url);
    const channel = await other.createChannel();
    await channel.assertQueue(queue, { durable: true, maxPriority: 5 });
    await other.close();
    const broker = await running(harness, [queue]);
    harness.proxy.cut();
    await waitFor('the loss to be seen', () => broker.state().status !== 'ok');
    await waitFor('the connection', () => broker.state().status === 'ok');
    expect(await broker.publish(to(queue, 'fits'))).to.equal('routed');
    const said = harness.log.entries.filter((line) =>
      JSON.stringify(line.fields).includes(`queue ${queue}"`),
    );
    expect(said.map((line) => line.level)).to.deep.equal(['warn']);
  });

  it('declares durable queues without arguments', async () => {
    await running(harness, [queue]);
    const other = await connect(harness.url);
    const channel = await other.createChannel();
    await channel.assertQueue(queue, { durable: true });
    await channel.assertQueue(`${queue}.dead`, { durable: true });
    await other.close();
  });

  it('declares a queue again that was deleted, and consumes it', async () => {
    const broker = await running(harness, [queue]);
    let taken = 0;
    broker.consume({ queue, prefetch: 1 }, () => (taken++, TAKEN));
    await broker.publish(to(queue, 'before'));
    await waitFor('the first message', () => taken === 1);
    const other = await connect(harness.url);
    const channel = await other.createChannel();
    await channel.deleteQueue(queue);
    await other.close();
    await waitFor('the queue', async () => (await broker.publish(to(queue, 'after'))) === 'routed');
    await waitFor('the next message', () => taken >= 2);
  });

  it('takes equal bytes without an id once where they are delivered again, and each time where they are not', async () => {
    const other = await connect(harness.url);
    const channel = await other.createConfirmChannel();
    const broker = await running(harness, [queue]);
    for (let n = 0; n < 2; n++)
      channel.sendToQueue(queue, Buffer.from('{"phones":[1]}'), { persistent: true });
    await channel.waitForConfirms();
    const deliveries: Delivery[] = [];
    const { opened, open: release } = gate();
    broker.consume({ queue, prefetch: 1 }, async (delivery) => {
      deliveries.push(delivery);
      // The commit succeeds; its acknowledgement cannot leave any more.
      if (deliveries.length === 2) await opened;
      return TAKEN;
    });
    await waitFor('two first deliveries', () => deliveries.length === 2);
    harness.proxy.cut();
    await waitFor('the loss to be seen', () => broker.state().status !== 'ok');
    release();
    await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
    await other.close();
    expect(deliveries.slice(0, 2).map((delivery) => delivery.redelivered)).to.deep.equal([false, false]);
    expect(await inboxSize(harness)).to.equal(1);
  });

  it('consumes and acknowledges while a server short of memory blocks whoever publishes', async function () {
    const server = await rabbitmq();
    if (!server.controllable) return this.skip();
    const broker = await running(harness, [queue]);
    for (let n = 0; n < 5; n++) await broker.publish(to(queue, `${n}`));
    await server.blockPublishers(true);
    try {
      const late = broker.publish(to(queue, 'late')).catch((error: unknown) => error as AppError);
      await waitFor('the block to be seen', () => broker.state().status === 'degraded');
      expect(broker.state().detail).to.include('blocked');
      const refusal = await broker.publish(to(queue, 'later')).catch((error: unknown) => error as AppError);
      expect(refusal).to.include({ kind: 'unavailable' });
      let taken = 0;
      broker.consume({ queue, prefetch: 1 }, () => (taken++, TAKEN));
      await waitFor('what was there', () => taken >= 5);
      expect(await late).to.include({ kind: 'unavailable' });
    } finally {
      await server.blockPublishers(false);
    }
    await waitFor('the way out', () => broker.state().status === 'ok');
    expect(await broker.publish(to(queue, 'again'))).to.equal('routed');
  });

  it('rejects what is not confirmed in time', async () => {
    const broker = createRabbitBroker({
      url: harness.url,
      db: harness.db,
      deadLetters: harness.deadLetters,
      clock: systemClock,
      log: silentLog,
      confirmTimeoutMs: 1,
    });
    broker.declare({ exchanges: [], queues: [{ queue }] });
    await broker.start();
    await broker.connected(10_000);
    const large = Buffer.alloc(8 * 1024 * 1024);
    const outcome = await broker.publish(to(queue, large)).catch((error: unknown) => error as AppError);
    expect(outcome).to.include({ kind: 'unavailable' });
    await broker.stop();
  });

  it('never logs the password', async () => {
    const wrong = new URL(harness.url);
    wrong.password = 'hunter2hunter2';
    const broker = createRabbitBroker({
      url: wrong.href,
      db: harness.db,
      deadLetters: harness.deadLetters,
      clock: systemClock,
      log: harness.log,
    });
    await broker.start();
    await waitFor('the refusal', () => broker.state().detail?.includes('ACCESS_REFUSED'));
    await waitFor('a word of it', () => harness.log.entries.some((line) => line.level === 'warn'));
    await broker.stop();
    const all = harness.log.entries.map((line) => `${line.message} ${inspectAll(line.fields)}`).join('\n');
    expect(all).not.to.include('hunter2');
    const { db, deadLetters } = harness;
    const options = { db, deadLetters, clock: systemClock, log: silentLog };
    expect(() => createRabbitBroker({ ...options, url: 'http://u:hunter2@x' }))
      .to.throw()
      .satisfies((error: unknown) => !inspectAll(error).includes('hunter2'));
  });
});

function inspectAll(value: unknown): string {
  return inspect(value, { depth: 10, showHidden: true });
}

async function inboxSize({ db }: RabbitHarness): Promise<number> {
  const inbox = db.schema<{ broker_inbox: { key: string } }>();
  return (await inbox.selectFrom('broker_inbox').select('key').execute()).length;
}
