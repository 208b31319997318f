import { expect } from 'chai';
import { newUuid } from '../../../src/kernel/ids.js';
import { appErrorOf } from '../../support/failure-of.js';
import { newTask } from '../tasks/ledger.js';
import { lettersOnEachDatabase, OPERATOR } from './letters.js';

describe('A dead letter', () => {
  lettersOnEachDatabase((bench) => {
    it('that came in is published again as it was, to its queue, under a new id that is told', async () => {
      const { api } = bench().make();
      const [letter] = await bench().add({
        headers: { retry: 2, nested: { list: [1, 'x', null] }, CC: ['elsewhere'], 'x-death': [{}] },
        properties: { messageId: 'known', correlationId: 'c', replyTo: 'amq.gen-1', type: 't.v1' },
      });
      const replayed = await api.replay(letter!.id, OPERATOR);
      const [message, ...more] = await bench().outbox();
      expect(more).to.deep.equal([]);
      expect(message).to.deep.include({
        exchange: '',
        routingKey: 'jobs',
        body: letter!.body,
        contentType: '',
        correlationId: 'c',
        replyTo: 'amq.gen-1',
        type: 't.v1',
        headers: { retry: 2, nested: { list: [1, 'x', null] }, 'x-replayed-from': letter!.id },
      });
      expect(message!.messageId).not.to.equal('known');
      expect(replayed).to.include({ status: 'replayed', actedBy: 'olga', replayedAs: message!.messageId });
    });

    it('that could not be sent goes where it was to go, under the id that its receivers know', async () => {
      const { api } = bench().make();
      const properties = { exchange: 'amq.topic', messageId: 'answer-1' };
      const [letter] = await bench().add({ source: 'reports.ready', reason: 'unroutable', properties });
      await api.replay(letter!.id, OPERATOR);
      const [message] = await bench().outbox();
      expect(message).to.include({
        exchange: 'amq.topic',
        routingKey: 'reports.ready',
        messageId: 'answer-1',
      });
      expect(message).not.to.have.property('contentType');
    });

    it('of a task becomes a new task that names the old one', async () => {
      const { api } = bench().make();
      const { api: tasks } = bench().ledger;
      const old = await tasks.submit(newTask({ payload: '{"n":1}', correlationId: '"c"', lane: 'l' }));
      await tasks.cancel(old, 'a spec');
      const [letter] = await bench().add({ kind: 'task', source: 'job', taskId: old.id });
      const { replayedAs } = await api.replay(letter!.id, OPERATOR);
      const again = await tasks.require(replayedAs!);
      expect(again).to.include({
        retryOf: old.id,
        createdBy: 'olga',
        payload: '{"n":1}',
        correlationId: '"c"',
      });
      expect(again).to.include({ type: 'job', lane: 'l', state: 'pending', requestId: 'request-1' });
      expect(await bench().outbox()).to.deep.equal([]);
    });

    it('of a task that is not kept any more stays as it is', async () => {
      const { api } = bench().make();
      const [letter] = await bench().add({ kind: 'task', taskId: newUuid(1) });
      expect(await appErrorOf(api.replay(letter!.id, OPERATOR))).to.include({
        code: 'dead-letters.task-removed',
      });
      const { letter: left, taskPayload, history } = await api.show(letter!.id);
      expect(left.status).to.equal('waiting');
      expect([taskPayload, history.length]).to.deep.equal([undefined, 1]);
    });

    it('is acted on once, however many try at the same time', async () => {
      const { api } = bench().make();
      const [letter] = await bench().add({});
      const tries = await Promise.allSettled([
        api.replay(letter!.id, OPERATOR),
        api.discard(letter!.id, 'no', OPERATOR),
        api.replay(letter!.id, OPERATOR),
      ]);
      expect(tries.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      const { status } = await api.require(letter!.id);
      expect(await bench().outbox()).to.have.length(status === 'replayed' ? 1 : 0);
      const later = await appErrorOf(api.replay(letter!.id, OPERATOR));
      expect(later).to.include({ code: 'dead-letters.not-waiting', kind: 'conflict' });
      expect(later.message).to.equal(`The dead letter was ${status} by olga already`);
    });

    it('that is discarded keeps by whom and why, and nothing is sent', async () => {
      const { api } = bench().make();
      const [letter] = await bench().add({});
      const discarded = await api.discard(letter!.id, 'test data', OPERATOR);
      expect(discarded).to.include({ status: 'discarded', actedBy: 'olga', actionReason: 'test data' });
      expect(await api.require(letter!.id)).to.include({ status: 'discarded', actionReason: 'test data' });
      expect(await bench().outbox()).to.deep.equal([]);
      expect(await appErrorOf(api.discard(letter!.id, 'again', OPERATOR))).to.include({ kind: 'conflict' });
    });

    it('has a history and events that say the same', async () => {
      const { api } = bench().make();
      const [first, second] = await bench().add({}, {});
      await api.replay(first!.id, OPERATOR);
      await api.discard(second!.id, 'no', OPERATOR);
      const events = await bench().events(4);
      expect(events.map(({ type, subject }) => `${type} ${subject}`)).to.deep.equal([
        `dead-letter.added dead-letters/${first!.id}`,
        `dead-letter.added dead-letters/${second!.id}`,
        `dead-letter.replayed dead-letters/${first!.id}`,
        `dead-letter.discarded dead-letters/${second!.id}`,
      ]);
      expect(JSON.parse(events[3]!.data)).to.include({
        status: 'discarded',
        action_reason: 'no',
        acted_by: 'olga',
      });
      const told = async (id: string) =>
        (await api.show(id)).history.map(({ action, by, reason }) => [action, by, reason]);
      expect(await told(first!.id)).to.deep.equal([
        ['added', 'switchyard', 'invalid-json'],
        ['replayed', 'olga', null],
      ]);
      expect((await told(second!.id))[1]).to.deep.equal(['discarded', 'olga', 'no']);
    });

    it('is counted by reason while it waits', async () => {
      const [letter] = await bench().add({}, { reason: 'too-large' }, { reason: 'too-large' });
      await bench().make().api.discard(letter!.id, 'no', OPERATOR);
      await bench().start();
      expect([...bench().counts]).to.deep.equal([
        ['too-large', 2],
        ['other', 0],
      ]);
    });

    it('is seen by a new subscriber of its topic while it waits', async () => {
      const letters = bench().make();
      const [topic] = letters.topics;
      const [first, second] = await bench().add({}, {});
      await letters.api.discard(first!.id, 'no', OPERATOR);
      const { items } = (await topic!.snapshot!()) as { items: { id: string }[] };
      expect(items.map(({ id }) => id)).to.deep.equal([second!.id]);
      expect(await topic!.snapshotOf!(first!.id)).to.include({ id: first!.id, status: 'discarded' });
      expect(await topic!.snapshotOf!('nonsense')).to.equal(undefined);
    });

    it('unknown or malformed is not found; one older than what is kept is gone', async () => {
      const { api } = bench().make();
      expect(await appErrorOf(api.require('x'))).to.include({ kind: 'not-found' });
      expect(await appErrorOf(api.require(newUuid(Date.now())))).to.include({ kind: 'not-found' });
      const old = newUuid(0).replace(/^.{13}/, '01890000-0000');
      expect(await appErrorOf(api.show(old))).to.include({ code: 'dead-letters.removed', kind: 'gone' });
    });
  });
});
