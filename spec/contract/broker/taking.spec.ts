import { expect } from 'chai';
import { sql } from 'kysely';
import { AppError } from '../../../src/kernel/errors.js';
import type { Tx } from '../../../src/kernel/tx.js';
import type { Broker, Delivery, Settlement } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { waitFor } from '../../support/wait-for.js';
import { brokers, type Harness, running, to, withCommit } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

for (const [name, open] of brokers()) {
  describe(`taking deliveries: ${name}`, function () {
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

    it('takes a message id once', async () => {
      const { db } = harness;
      broker.consume({ queue, prefetch: 5 }, (delivery, tx) => (addBody(db, tx, delivery), TAKEN));
      const messageId = `${queue}-same`;
      await Promise.all(['a', 'a', 'a'].map((body) => broker.publish(to(queue, body, { messageId }))));
      await broker.publish(to(queue, 'last'));
      await waitFor('both', async () => (await bodies(db, queue)).length === 2);
      await broker.publish(to(queue, 'a', { messageId }));
      await waitFor('an empty queue', async () => (await broker.depth(queue)) === 0);
      expect(await bodies(db, queue)).to.have.members(['a', 'last']);
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
      let calls = 0;
      broker.consume({ queue, prefetch: 1 }, (delivery, tx) => {
        addBody(db, tx, delivery);
        if (++calls < 3) throw new Error('not yet');
        return TAKEN;
      });
      await broker.publish(to(queue, 'work'));
      await waitFor('the row', async () => (await bodies(db, queue)).length > 0);
      expect(calls).to.equal(3);
      expect(await bodies(db, queue)).to.deep.equal(['work']);
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
      expect(await harness.deadLetters.list({ limit: 10, source: queue })).to.have.length(0);
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
      const [letter] = await harness.deadLetters.list({ limit: 10, source: queue, reason: 'handler-failed' });
      expect(letter).to.include({ source: queue, attempts: 5 });
      expect(letter!.detail).not.to.include('hunter2');
      expect(calls).to.equal(5);
    });
  });
}

interface Taken {
  spec_taken: { queue: string; body: string };
}

async function makeTable(db: Database): Promise<void> {
  const tx = db.begin();
  db.add(tx, sql`create table spec_taken (queue text not null, body text not null)`.compile(db.schema()));
  await db.commit(tx);
}

function addBody(db: Database, tx: Tx, { queue, body }: Delivery): void {
  db.add(tx, db.schema<Taken>().insertInto('spec_taken').values({ queue, body: body.toString() }));
}

async function bodies(db: Database, queue: string): Promise<string[]> {
  const taken = db.schema<Taken>().selectFrom('spec_taken').select('body');
  const rows = await taken.where('queue', '=', queue).execute();
  return rows.map((row) => row.body);
}
