import { expect } from 'chai';
import { newUuid } from '../../../src/kernel/ids.js';
import type { BulkRequest } from '../../../src/modules/dead-letters/plan-bulk.js';
import { appErrorOf } from '../../support/failure-of.js';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { lettersOnEachDatabase, OPERATOR } from './letters.js';

const REPLAY: BulkRequest = { action: 'replay', filter: {}, reason: null, limit: 10_000, ratePerS: 1_000 };
const DISCARD: BulkRequest = { ...REPLAY, action: 'discard', reason: 'old' };

const many = (count: number, over: object = {}): object[] => Array.from({ length: count }, () => over);

describe('Many dead letters', () => {
  lettersOnEachDatabase((bench) => {
    const waiting = async (api: ReturnType<ReturnType<typeof bench>['make']>['api']): Promise<number> =>
      (await api.list({ limit: 1_000, status: 'waiting' })).length;

    it('are counted and sampled by a dry run, which changes nothing', async () => {
      const { api } = bench().make();
      const added = await bench().add(...many(12, { source: 'a' }), ...many(3, { source: 'b' }));
      const { matched, sample } = await api.preview({ source: 'a' });
      expect(matched).to.equal(12);
      expect(sample.map(({ id }) => id)).to.deep.equal(added.slice(0, 10).map(({ id }) => id));
      expect(await waiting(api)).to.equal(15);
    });

    it('are replayed by filter, each once, the oldest first', async () => {
      const { api } = await bench().start();
      const added = await bench().add(...many(30, { source: 'a' }), ...many(3, { source: 'b' }));
      expect(await api.plan({ ...REPLAY, filter: { source: 'a' }, limit: 25 }, OPERATOR)).to.deep.equal({
        matched: 30,
        accepted: 25,
      });
      await waitFor('25 replays', async () => (await waiting(api)) === 8);
      const replayed = (await bench().outbox()).map(({ headers }) => headers!['x-replayed-from']);
      expect(replayed).to.have.members(added.slice(0, 25).map(({ id }) => id));
      const [letter] = await api.list({ limit: 1, status: 'replayed' });
      expect(letter).to.include({ actedBy: 'olga' });
      await waitFor(
        'the bulk to be forgotten',
        async () => (await rows(bench().db, 'dead_letter_bulks')) === 0,
      );
    });

    it('are not found by a second bulk, nor is there one without letters', async () => {
      const { api } = bench().make();
      await bench().add(...many(3));
      expect((await api.plan(REPLAY, OPERATOR)).accepted).to.equal(3);
      expect(await api.preview({})).to.deep.equal({ matched: 0, sample: [] });
      expect(await api.plan(REPLAY, OPERATOR)).to.deep.equal({ matched: 0, accepted: 0 });
      expect(await rows(bench().db, 'dead_letter_bulks')).to.equal(1);
    });

    it('are discarded by filter with the reason', async () => {
      const { api } = await bench().start();
      await bench().add(...many(45), { reason: 'too-large' });
      await api.plan({ ...DISCARD, filter: { reason: 'invalid-json' } }, OPERATOR);
      await waitFor('45 discards', async () => (await waiting(api)) === 1);
      const discarded = await api.list({ limit: 100, status: 'discarded' });
      expect(new Set(discarded.map(({ actionReason }) => actionReason))).to.deep.equal(new Set(['old']));
      expect(await bench().outbox()).to.deep.equal([]);
    });

    it('follow at the rate asked for, and not faster', async () => {
      const clock = new ManualClock(Date.now());
      const { api } = await bench().start({ clock });
      await bench().add(...many(10));
      await api.plan({ ...REPLAY, ratePerS: 2 }, OPERATOR);
      for (let done = 1; done <= 4; done++) {
        await waitFor(`${done} replays and a pause`, async () => {
          return (await bench().outbox()).length === done && clock.pendingTimers >= 4;
        });
        clock.advance(499);
        expect(await bench().outbox()).to.have.length(done);
        clock.advance(1);
      }
    });

    it('are gone on with by the next process, none twice', async () => {
      const clock = new ManualClock(Date.now());
      const dying = await bench().start({ clock });
      await bench().add(...many(12));
      await dying.api.plan({ ...REPLAY, ratePerS: 10 }, OPERATOR);
      await waitFor('the first ones', async () => (await bench().outbox()).length > 0);
      const stopped = dying.stop();
      clock.advance(10_000);
      await stopped;
      const begun = (await bench().outbox()).length;
      expect(begun).to.be.below(12);
      const next = await bench().start();
      await waitFor('the rest', async () => (await waiting(next.api)) === 0);
      const replayed = (await bench().outbox()).map(({ headers }) => headers!['x-replayed-from']);
      expect([replayed.length, new Set(replayed).size]).to.deep.equal([12, 12]);
    });

    it('are left to wait where bulks are stopped, and are found again', async () => {
      const { api } = await bench().start();
      await bench().add(...many(20));
      await api.plan({ ...REPLAY, ratePerS: 1 }, OPERATOR);
      await waitFor('the first one', async () => (await bench().outbox()).length === 1);
      expect(await api.stopBulks(OPERATOR)).to.equal(19);
      expect(await api.preview({})).to.include({ matched: 19 });
      expect(await api.plan(DISCARD, OPERATOR)).to.include({ accepted: 19 });
      await waitFor('the discards', async () => (await waiting(api)) === 0);
      expect(await bench().outbox()).to.have.length(1);
    });

    it('that cannot be replayed are left waiting with the reason in their history, and do not hold up the rest', async () => {
      const { api } = await bench().start();
      const [gone] = await bench().add({ kind: 'task', taskId: newUuid(1) }, {});
      await api.plan(REPLAY, OPERATOR);
      await waitFor('the other one', async () => (await bench().outbox()).length === 1);
      const { letter, history } = await waitFor('the refusal', async () => {
        const shown = await api.show(gone!.id);
        return shown.history.length === 2 && shown;
      });
      expect(letter.status).to.equal('waiting');
      expect(history[1]).to.include({
        action: 'refused',
        by: 'olga',
        reason: 'replay refused: dead-letters.task-removed',
      });
      expect((await api.preview({})).matched).to.equal(1);
    });

    it('that somebody acts on meanwhile are left to them', async () => {
      const { api } = bench().make();
      const [first] = await bench().add(...many(3));
      await api.plan(REPLAY, OPERATOR);
      await api.discard(first!.id, 'mine', OPERATOR);
      await bench().start();
      await waitFor('the others', async () => (await waiting(api)) === 0);
      expect(await bench().outbox()).to.have.length(2);
      expect(await api.require(first!.id)).to.include({ status: 'discarded' });
    });

    it('are under way in 20 bulks at most', async () => {
      const { api } = bench().make();
      await bench().add(...many(21));
      for (let bulk = 0; bulk < 20; bulk++) await api.plan({ ...REPLAY, limit: 1 }, OPERATOR);
      const refused = await appErrorOf(api.plan(REPLAY, OPERATOR));
      expect(refused).to.include({ code: 'dead-letters.too-many-bulks', kind: 'too-many', retryAfterS: 10 });
    });

    it('are removed after the time they are kept, with their history', async () => {
      const clock = new ManualClock(Date.now());
      const { api } = await bench().start({ clock, keepMs: 120_000 });
      const [letter] = await bench().add(...many(3));
      await api.discard(letter!.id, 'no', OPERATOR);
      clock.advance(60_000);
      await bench().events(4);
      expect(await rows(bench().db, 'dead_letters')).to.equal(3);
      await waitFor('the removal', async () => {
        clock.advance(60_000);
        return (await rows(bench().db, 'dead_letters')) === 0;
      });
      expect(await rows(bench().db, 'dead_letter_history')).to.equal(0);
    });
  });

  lettersOnEachDatabase((bench, another) => {
    it('are replayed once each where two processes work on them', async () => {
      const one = await bench().start();
      const second = await another();
      const two = bench().make({ db: second });
      await two.start();
      await bench().add(...many(60));
      await one.api.plan(REPLAY, OPERATOR);
      await waitFor('all replays', async () => (await bench().outbox()).length >= 60);
      await two.stop();
      expect(await bench().outbox()).to.have.length(60);
    });
  }, 'PostgreSQL');
});

async function rows(db: Parameters<typeof table>[0], name: string): Promise<number> {
  return (await table(db, name).execute()).length;
}

function table(
  db: ReturnType<Parameters<Parameters<typeof lettersOnEachDatabase>[0]>[0]>['db'],
  name: string,
) {
  return db.schema<Record<string, { id: string }>>().selectFrom(name).select('id');
}
