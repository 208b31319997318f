import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { createOutbox, type Settlement } from '../../../src/platform/broker/index.js';
import type { OutgoingMessage } from '../../../src/platform/broker/index.js';
import { amqpClient } from '../../support/amqp-client.js';
import { waitFor } from '../../support/wait-for.js';
import { brokers, type Harness, openRabbit, running, to } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

async function send(harness: Harness, messages: OutgoingMessage[]): Promise<void> {
  const { db } = harness;
  const outbox = createOutbox(db, systemClock);
  const tx = db.begin();
  for (const message of messages) outbox.add(tx, message);
  await db.commit(tx);
}

for (const [name, open] of brokers()) {
  describe(`outbox relay: ${name}`, function () {
    this.timeout(60_000);
    let harness: Harness;
    let queue: string;

    before(async () => {
      harness = await open();
    });
    after(() => harness.close());
    beforeEach(() => {
      queue = harness.queue();
    });
    afterEach(() => harness.stopParts());

    it('sends what was committed, in order, and removes it', async () => {
      const broker = await running(harness, [queue]);
      const got: string[] = [];
      broker.consume({ queue, prefetch: 1 }, (delivery) => (got.push(delivery.body.toString()), TAKEN));
      const relay = harness.relay(broker);
      await relay.start();
      const wanted = Array.from({ length: 450 }, (_, n) => `${n}`);
      await send(
        harness,
        wanted.map((body) => to(queue, body)),
      );
      await waitFor('all messages', () => got.length === wanted.length);
      expect(got).to.deep.equal(wanted);
      await waitFor('an empty outbox', async () => (await relay.backlog()).depth === 0);
      expect(relay.state()).to.deep.equal({ status: 'ok' });
    });

    it('makes dead letters of what no queue takes and of what no broker takes, and sends the rest', async () => {
      const broker = await running(harness, [queue]);
      const relay = harness.relay(broker);
      await relay.start();
      const lost = to(`${queue}-unknown`, 'lost', { correlationId: 'c' });
      await send(harness, [lost, to('y'.repeat(300), 'bad'), to(queue, 'good')]);
      await waitFor('the good one', async () => (await broker.depth(queue)) === 1);
      await waitFor('an empty outbox', async () => (await relay.backlog()).depth === 0);
      const letters = await harness.deadLetters.list({ limit: 10, kind: 'message' });
      expect(letters.map((letter) => letter.reason)).to.have.members(['unroutable', 'refused']);
      const letter = letters.find(({ reason }) => reason === 'unroutable')!;
      expect(letter.source).to.equal(`${queue}-unknown`);
      const opened = await harness.deadLetters.get(letter.id);
      const { messageId } = lost;
      expect(opened!.properties).to.deep.equal({ exchange: '', messageId, correlationId: 'c' });
      expect(opened!.body!.toString()).to.equal('lost');
    });

    it('keeps messages while the broker is not there, and says so', async () => {
      const broker = harness.broker();
      broker.declare({ exchanges: [], queues: [{ queue }] });
      const relay = harness.relay(broker);
      await relay.start();
      await send(harness, [to(queue, 'waits')]);
      const state = await waitFor('the state', () => relay.state().status === 'degraded' && relay.state());
      expect(state.detail).to.match(/^1 message waits to be sent, the oldest for \d+ s$/);
      await broker.start();
      await broker.connected(10_000);
      await waitFor('the message', async () => (await broker.depth(queue)) === 1);
    });

    it('says nothing of what waited once another process sends', async () => {
      const broker = harness.broker();
      const relay = harness.relay(broker);
      await relay.start();
      await send(harness, [to(queue, 'waits')]);
      await waitFor('the state', () => relay.state().status === 'degraded');
      await relay.stop();
      expect(relay.state()).to.deep.equal({ status: 'ok' });
    });

    it('ends the batch in flight when it stops', async () => {
      const broker = await running(harness, [queue]);
      const relay = harness.relay(broker);
      await relay.start();
      await send(
        harness,
        Array.from({ length: 300 }, (_, n) => to(queue, `${n}`)),
      );
      await relay.stop();
      const { depth } = await relay.backlog();
      expect(((await broker.depth(queue)) ?? 0) + depth).to.equal(300);
    });
  });
}

describe('outbox relay and a message that RabbitMQ refuses by closing the channel', function () {
  this.timeout(60_000);

  it('finds out which one it is, and sends those beside it', async () => {
    const harness = await openRabbit();
    const queue = harness.queue();
    const client = await amqpClient(harness.url);
    await client.channel.assertExchange(`${queue}-internal`, 'fanout', { internal: true });
    const broker = await running(harness, [queue]);
    const relay = harness.relay(broker);
    const forbidden = { ...to(queue, 'refused'), exchange: `${queue}-internal` };
    await send(harness, [to(queue, 'before'), forbidden, to(queue, 'after')]);
    await relay.start();
    await waitFor('an empty outbox', async () => (await relay.backlog()).depth === 0);
    const letters = await harness.deadLetters.list({ limit: 10, source: queue });
    expect(letters.map(({ reason, detail }) => `${reason}: ${detail}`)).to.deep.equal([
      'refused: the broker refused the message: ACCESS_REFUSED',
    ]);
    const got = await client.read(queue);
    const bodies = (): string[] => got.map(({ content }) => content.toString());
    await waitFor('both others', () => new Set(bodies()).size === 2);
    expect(new Set(bodies())).to.deep.equal(new Set(['before', 'after']));
    await client.close();
    await harness.close();
  });
});

describe('outbox relay over a connection that breaks', function () {
  this.timeout(60_000);

  it('loses nothing, and the inbox takes each message once', async () => {
    const harness = await openRabbit();
    const queue = harness.queue();
    const broker = await running(harness, [queue]);
    const relay = harness.relay(broker);
    await relay.start();
    const committed = new Set<string>();
    broker.consume({ queue, prefetch: 50 }, (delivery) => (committed.add(delivery.body.toString()), TAKEN));
    for (let round = 0; round < 3; round++) {
      await send(
        harness,
        Array.from({ length: 300 }, (_, n) => to(queue, `${round}-${n}`)),
      );
      await waitFor('some of the round', () => committed.size > round * 300);
      harness.proxy.cut();
    }
    await waitFor('all messages', () => committed.size === 900);
    await waitFor('an empty outbox', async () => (await relay.backlog()).depth === 0);
    await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
    const inbox = harness.db.schema<{ broker_inbox: { key: string } }>().selectFrom('broker_inbox');
    expect(await inbox.select('key').execute()).to.have.length(900);
    await harness.close();
  });
});
