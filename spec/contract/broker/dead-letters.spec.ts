import { expect } from 'chai';
import { firstUuidAt, newUuid } from '../../../src/kernel/ids.js';
import { TxConflict } from '../../../src/kernel/tx.js';
import { type NewDeadLetter, trimInbox } from '../../../src/platform/broker/index.js';
import { type Harness, openEmbedded } from './harness.js';

describe('dead letters and the inbox', () => {
  let harness: Harness;

  beforeEach(async () => (harness = await openEmbedded()));
  afterEach(() => harness.close());

  async function add(letters: Partial<NewDeadLetter>[]): Promise<NewDeadLetter[]> {
    const tx = harness.db.begin();
    const added = letters.map((some, n): NewDeadLetter => {
      const base = {
        kind: 'message',
        source: 'q',
        reason: 'invalid-json',
        detail: 'x',
        attempts: 1,
      } as const;
      return { ...base, id: firstUuidAt(1_700_000_000_000 + n), firstAt: 1, lastAt: 2, ...some };
    });
    for (const letter of added) harness.deadLetters.add(tx, letter);
    await harness.db.commit(tx);
    return added;
  }

  it('are listed newest first, by pages and filters', async () => {
    const [a, b, c] = await add([
      {},
      { kind: 'task', source: 'report', taskId: newUuid(1) },
      { reason: 'other' },
    ]);
    const ids = async (filter: object) =>
      (await harness.deadLetters.list({ limit: 2, ...filter })).map((letter) => letter.id);
    expect(await ids({})).to.deep.equal([c!.id, b!.id]);
    expect(await ids({ before: b!.id })).to.deep.equal([a!.id]);
    expect(await ids({ kind: 'task' })).to.deep.equal([b!.id]);
    expect(await ids({ source: 'q' })).to.deep.equal([c!.id, a!.id]);
    expect(await ids({ reason: 'other' })).to.deep.equal([c!.id]);
    expect(await ids({ status: 'replayed' })).to.deep.equal([]);
    expect(await ids({ fromMs: 1_700_000_000_001, toMs: 1_700_000_000_002 })).to.deep.equal([b!.id]);
  });

  it('keep what databases refuse in text', async () => {
    const [letter] = await add([{ detail: 'a\0b', body: Buffer.from([0, 255]), headers: { h: '\0' } }]);
    const kept = await harness.deadLetters.get(letter!.id);
    expect(kept).to.include({ detail: 'a\uFFFDb', headers: '{"h":"\\u0000"}' });
    expect(kept!.body!.equals(Buffer.from([0, 255]))).to.equal(true);
    const part = await harness.deadLetters.get(letter!.id, 1);
    expect([...part!.body!, part!.bodyBytes]).to.deep.equal([0, 2]);
    expect(await harness.deadLetters.get(newUuid(1))).to.equal(undefined);
  });

  it('are acted on once', async () => {
    const [letter] = await add([{ properties: { messageId: 'm', exchange: '' } }]);
    const act = async (): Promise<unknown> => {
      const tx = harness.db.begin();
      const replayed = {
        status: 'replayed',
        at: 5,
        by: 'operator',
        reason: null,
        replayedAs: 'm-2',
      } as const;
      harness.deadLetters.act(tx, letter!.id, replayed);
      return harness.db.commit(tx).catch((error: unknown) => error);
    };
    expect(await harness.deadLetters.countWaiting(1)).to.deep.equal([{ reason: 'invalid-json', count: 1 }]);
    await act();
    const acted = await harness.deadLetters.get(letter!.id);
    expect(acted).to.include({ status: 'replayed', actedAt: 5, actedBy: 'operator', replayedAs: 'm-2' });
    expect(acted!.properties).to.deep.equal({ messageId: 'm', exchange: '' });
    const second = await act();
    expect(second).to.be.instanceOf(TxConflict).and.include({ reason: 'dead-letters.not-waiting' });
    expect(await harness.deadLetters.countWaiting(1)).to.deep.equal([]);
  });

  it('forgets old messages of the inbox in batches, oldest first', async () => {
    const { db } = harness;
    const inbox = db.schema<{ broker_inbox: { queue: string; key: string; taken_at: number } }>();
    const tx = db.begin();
    for (let n = 0; n < 5; n++) {
      db.add(tx, inbox.insertInto('broker_inbox').values({ queue: 'q', key: `id:${n}`, taken_at: n }));
    }
    await db.commit(tx);
    expect(await trimInbox(db, 3, 2)).to.equal(2);
    expect(await trimInbox(db, 3, 2)).to.equal(1);
    expect(await trimInbox(db, 3, 2)).to.equal(0);
    const left = await inbox.selectFrom('broker_inbox').select('key').orderBy('key').execute();
    expect(left.map((row) => row.key)).to.deep.equal(['id:3', 'id:4']);
  });
});
