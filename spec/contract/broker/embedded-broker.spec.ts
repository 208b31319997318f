import { expect } from 'chai';
import type { AppError } from '../../../src/kernel/errors.js';
import type { Delivery, Settlement } from '../../../src/platform/broker/index.js';
import { DATABASES } from '../../support/databases.js';
import { waitFor } from '../../support/wait-for.js';
import { gate, type Harness, openEmbedded, running, to, withCommit } from './harness.js';

const TAKEN: Settlement = { kind: 'taken' };

describe('embedded broker', () => {
  let harness: Harness;
  let queue: string;

  beforeEach(async () => {
    harness = await openEmbedded({ maxQueueLength: 10 });
    queue = harness.queue();
  });
  afterEach(() => harness.close());

  it('keeps its messages over a restart, and marks them as possibly delivered before', async () => {
    const first = await running(harness, [queue]);
    await first.publish(to(queue, 'old'));
    await first.stop();
    const second = await running(harness, [queue]);
    const got: Delivery[] = [];
    second.consume({ queue, prefetch: 1 }, (delivery) => (got.push(delivery), TAKEN));
    await second.publish(to(queue, 'new'));
    await waitFor('both', () => got.length === 2);
    expect(got.map(({ body, redelivered }) => [body.toString(), redelivered])).to.deep.equal([
      ['old', true],
      ['new', false],
    ]);
  });

  it('marks what was given back as delivered before, and delivers it before what is newer', async () => {
    const broker = await running(harness, [queue]);
    const got: string[] = [];
    for (const body of ['a', 'b']) await broker.publish(to(queue, body));
    broker.consume({ queue, prefetch: 1 }, (delivery) => {
      got.push(`${delivery.body.toString()} ${delivery.redelivered}`);
      if (got.length === 1) throw new Error('not yet');
      return TAKEN;
    });
    await waitFor('all', () => got.length === 3);
    expect(got).to.deep.equal(['a false', 'a true', 'b false']);
  });

  it('gives each message to one of two processes that consume the same queue', async () => {
    const [one, two] = [await running(harness, [queue]), await running(harness, [queue])];
    const { opened, open: release } = gate();
    const handled: string[] = [];
    for (const broker of [one, two]) {
      broker.consume({ queue, prefetch: 1 }, async (delivery) => {
        handled.push(delivery.messageId!);
        await opened;
        return TAKEN;
      });
    }
    await one.publish(to(queue, 'once'));
    await waitFor('both to try', () => handled.length === 2);
    release();
    await waitFor('an empty queue', async () => (await one.depth(queue)) === 0);
    expect(await harness.deadLetters.list({ limit: 10 })).to.have.length(0);
  });

  it('refuses more messages than a queue may hold, until some are taken', async () => {
    const broker = await running(harness, [queue]);
    for (let n = 0; n < 10; n++) await broker.publish(to(queue, `${n}`));
    const refusal = await broker.publish(to(queue, 'more')).catch((error: unknown) => error as AppError);
    expect(refusal).to.include({ kind: 'too-many', code: 'broker.queue-full', retryable: true });
    let taken = 0;
    broker.consume({ queue, prefetch: 5 }, () => (taken++, TAKEN));
    await waitFor('ten messages', () => taken === 10);
    expect(await waitFor('room', () => broker.publish(to(queue, 'more')).catch(() => ''))).to.equal('routed');
  });

  it('is not connected before it is started', async () => {
    const broker = harness.broker();
    broker.declare({ exchanges: [], queues: [{ queue }] });
    expect(broker.state().status).to.equal('starting');
    const refusal = await broker.publish(to(queue, 'x')).catch((error: unknown) => error as AppError);
    expect(refusal).to.include({ kind: 'unavailable' });
  });
});

describe('embedded brokers of two processes', function () {
  this.timeout(60_000);

  it('share a queue on PostgreSQL, each message taken once', async () => {
    const kind = DATABASES.find(({ name }) => name === 'PostgreSQL')!;
    const harness = await openEmbedded({}, kind);
    const queue = harness.queue();
    const dbs = [harness.db, await harness.another!()];
    const taken = new Map<string, number>();
    let committed = 0;
    for (const db of dbs) {
      const counting = withCommit(db, async (commit) => {
        const outcome = await commit();
        committed++;
        return outcome;
      });
      const broker = await running(harness, [queue], counting);
      broker.consume({ queue, prefetch: 10 }, (delivery) => {
        taken.set(delivery.messageId!, (taken.get(delivery.messageId!) ?? 0) + 1);
        return TAKEN;
      });
    }
    const publisher = await running(harness, [queue]);
    await Promise.all(Array.from({ length: 200 }, (_, n) => publisher.publish(to(queue, `${n}`))));
    await waitFor('an empty queue', async () => (await publisher.depth(queue)) === 0);
    await harness.stopParts();
    expect(taken.size).to.equal(200);
    expect(committed).to.equal(200);
    await harness.close();
  });
});
