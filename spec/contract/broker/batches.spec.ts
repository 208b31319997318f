import { expect } from 'chai';
import { sql } from 'kysely';
import { AppError } from '../../../src/kernel/errors.js';
import type { Tx } from '../../../src/kernel/tx.js';
import type { BatchHandler, Broker, Delivery, Settlement } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { waitFor } from '../../support/wait-for.js';
import {
  brokers,
  gate,
  type Harness,
  openRabbit,
  type RabbitHarness,
  running,
  to,
  withCommit,
} from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };
const BOUNDS = { prefetch: 100, most: 40, mostBytes: 1_000 };

for (const [name, open] of brokers()) {
  describe(`taking batches: ${name}`, function () {
    this.timeout(60_000);
    let harness: Harness;
    let broker: Broker;
    let queue: string;

    before(async () => {
      harness = await open();
      await makeTable(harness.db);
    });
    after(() => harness.close());
    beforeEach(async () => {
      queue = harness.queue();
      broker = await running(harness, [queue]);
    });
    afterEach(() => harness.stopParts());

    const publish = (bodies: readonly string[]) =>
      Promise.all(bodies.map((body) => broker.publish(to(queue, body))));
    const empty = () => waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);

    it('hands over many at once, in the order of the queue, within its bounds, and commits them together', async () => {
      const wanted = Array.from({ length: 200 }, (_, n) => `message ${n}`);
      await publish(wanted);
      const sizes: number[] = [];
      broker.consumeBatches({ queue, ...BOUNDS }, (deliveries, tx) => {
        sizes.push(deliveries.length);
        return storeAll(harness.db, tx, deliveries);
      });
      await waitFor('all of them', async () => (await bodies(harness.db, queue)).length === wanted.length);
      expect(await bodies(harness.db, queue)).to.deep.equal(wanted);
      expect(Math.max(...sizes)).to.be.within(2, 40);
      await empty();
    });

    it('bounds a batch by its bytes, but takes a larger message alone', async () => {
      const sizes: number[] = [];
      await publish(['x'.repeat(600), 'y'.repeat(600), 'z'.repeat(3_000), 'small']);
      broker.consumeBatches({ queue, ...BOUNDS }, (deliveries, tx) => {
        sizes.push(deliveries.reduce((bytes, { body }) => bytes + body.length, 0));
        return storeAll(harness.db, tx, deliveries);
      });
      await waitFor('all of them', async () => (await bodies(harness.db, queue)).length === 4);
      expect(sizes.filter((bytes) => bytes > 1_000)).to.deep.equal([3_000]);
    });

    it('takes all but the one that its handler cannot stand, which becomes a dead letter', async () => {
      await publish(['a', 'b', 'poison', 'c', 'd']);
      broker.consumeBatches({ queue, ...BOUNDS }, (deliveries, tx) => {
        if (deliveries.some(({ body }) => body.toString() === 'poison')) throw new Error('hunter2');
        return storeAll(harness.db, tx, deliveries);
      });
      await waitFor('the dead letter', async () => (await letters()).length === 1);
      await empty();
      expect(await bodies(harness.db, queue)).to.have.members(['a', 'b', 'c', 'd']);
      const [letter] = await letters();
      expect(letter).to.include({ reason: 'handler-failed', attempts: 5 });
      expect(letter!.detail).not.to.include('hunter2');
    });

    it('buries what is no valid work, with the rest of its batch taken', async () => {
      await publish(['a', 'bad', 'b']);
      broker.consumeBatches({ queue, ...BOUNDS }, (deliveries, tx) => {
        const good = deliveries.filter(({ body }) => body.toString() !== 'bad');
        storeAll(harness.db, tx, good);
        return deliveries.map((delivery) =>
          good.includes(delivery) ? TAKEN : { kind: 'dead', reason: 'invalid', detail: 'is bad' },
        );
      });
      await waitFor('both', async () => (await bodies(harness.db, queue)).length === 2);
      const [letter] = await letters();
      expect(letter).to.include({ reason: 'invalid', detail: 'is bad', source: queue });
      expect((await harness.deadLetters.get(letter!.id))!.body!.toString()).to.equal('bad');
    });

    it('takes what was given back when its commit failed, once', async () => {
      let away = true;
      let failed = 0;
      const flaky = withCommit(harness.db, (commit) => {
        if (!away) return commit();
        failed++;
        return Promise.reject(new AppError('away', { code: 'db.away', kind: 'unavailable' }));
      });
      const other = await running(harness, [queue], flaky);
      other.consumeBatches({ queue, ...BOUNDS }, (deliveries, tx) => storeAll(harness.db, tx, deliveries));
      await publish(['a', 'b', 'c']);
      if (name === 'RabbitMQ') await waitFor('several attempts', () => failed >= 3);
      away = false;
      await waitFor('all of them', async () => (await bodies(harness.db, queue)).length === 3);
      await empty();
      expect(await bodies(harness.db, queue)).to.have.members(['a', 'b', 'c']);
    });

    it('ends with what it has in hand', async () => {
      const { opened, open: letGo } = gate();
      let inHand = false;
      const consumption = broker.consumeBatches({ queue, ...BOUNDS }, async (deliveries, tx) => {
        inHand = true;
        await opened;
        return storeAll(harness.db, tx, deliveries);
      });
      await publish(['a']);
      await waitFor('the batch', () => inHand);
      const stopped = consumption.stop();
      letGo();
      await stopped;
      expect(await bodies(harness.db, queue)).to.deep.equal(['a']);
    });

    const letters = () => harness.deadLetters.list({ limit: 10, source: queue });
  });
}

describe('batches that RabbitMQ delivers again', function () {
  this.timeout(60_000);
  let harness: RabbitHarness;

  before(async () => {
    harness = await openRabbit();
    await makeTable(harness.db);
  });
  after(() => harness.close());
  afterEach(() => harness.stopParts());

  it('are taken once, where the connection went before they were acknowledged', async () => {
    const queue = harness.queue();
    const broker = await running(harness, [queue]);
    const wanted = Array.from({ length: 300 }, (_, n) => `message ${n}`);
    await Promise.all(wanted.map((body) => broker.publish(to(queue, body))));
    let cuts = 0;
    const cutting = withCommit(harness.db, async (commit) => {
      const committed = await commit();
      if (++cuts <= 2) harness.proxy.cut();
      return committed;
    });
    const consumer = await running(harness, [queue], cutting);
    const handler: BatchHandler = (deliveries, tx) => storeAll(harness.db, tx, deliveries);
    consumer.consumeBatches({ queue, ...BOUNDS }, handler);
    await waitFor('an empty queue', async () => (await consumer.depth(queue)) === 0, { timeoutMs: 30_000 });
    await waitFor('all of them', async () => (await bodies(harness.db, queue)).length >= wanted.length);
    expect((await bodies(harness.db, queue)).sort()).to.deep.equal([...wanted].sort());
    expect(cuts).to.be.greaterThan(2);
  });
});

interface Stored {
  spec_batches: { queue: string; body: string };
}

async function makeTable(db: Database): Promise<void> {
  const tx = db.begin();
  db.add(tx, sql`create table spec_batches (queue text not null, body text not null)`.compile(db.schema()));
  await db.commit(tx);
}

function storeAll(db: Database, tx: Tx, deliveries: readonly Delivery[]): Settlement[] {
  for (const { queue, body } of deliveries) {
    db.add(tx, db.schema<Stored>().insertInto('spec_batches').values({ queue, body: body.toString() }));
  }
  return deliveries.map(() => TAKEN);
}

async function bodies(db: Database, queue: string): Promise<string[]> {
  const taken = db.schema<Stored>().selectFrom('spec_batches').select('body');
  return (await taken.where('queue', '=', queue).execute()).map(({ body }) => body);
}
