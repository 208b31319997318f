import { expect } from 'chai';
import fc from 'fast-check';
import { waitFor } from '../../support/wait-for.js';
import type { LiveService } from './live-service.js';
import { onEachDatabase } from './on-each-database.js';

describe('subscribing to the live channel', () => {
  onEachDatabase((bench) => {
    it('gives the snapshot, then only what comes later', async () => {
      const service = await bench.start();
      await service.change('a');
      const socket = await service.connect();
      expect(await socket.subscribe('things.a')).to.deep.equal({
        op: 'subscribed',
        topic: 'things.a',
        last_event_id: '1',
        snapshot: { value: 1 },
      });
      await service.change('b', 'a');
      const { op, topic, event } = await socket.next();
      expect({ op, topic, event }).to.deep.equal({
        op: 'event',
        topic: 'things.a',
        event: {
          specversion: '1.0',
          id: '3',
          source: '/switchyard',
          type: 'thing.changed',
          time: '2026-01-02T00:00:00.000Z',
          subject: 'things/a',
          datacontenttype: 'application/json',
          data: { value: 2 },
        },
      });
      expect(socket.frames).to.have.length(2);
    });

    it('gives each event once to each topic that it belongs to, in order', async () => {
      const service = await bench.start();
      await service.change('a', 'b');
      const socket = await service.connect();
      await socket.subscribe('things');
      await socket.subscribe('things.a');
      for (let n = 0; n < 5; n++) await service.change('a', 'b', 'a');
      await waitFor(
        '15 and 10 events',
        () => socket.ids('things').length + socket.ids('things.a').length === 25,
      );
      expect(socket.ids('things')).to.deep.equal(Array.from({ length: 15 }, (_, n) => String(n + 3)));
      expect(socket.ids('things.a')).to.deep.equal([3, 5, 6, 8, 9, 11, 12, 14, 15, 17].map(String));
    });

    it('says nothing of what was unsubscribed', async () => {
      const service = await bench.start();
      await service.change('a', 'b');
      const socket = await service.connect();
      await socket.subscribe('things.a');
      await socket.subscribe('things.b');
      expect(await socket.ask({ op: 'unsubscribe', topic: 'things.a' })).to.deep.equal({
        op: 'unsubscribed',
        topic: 'things.a',
      });
      await service.change('a', 'b');
      expect((await socket.next()).topic).to.equal('things.b');
      expect(await service.metric('switchyard_live_subscriptions')).to.equal(1);
    });

    it('resumes after the event that was seen last, without a snapshot', async () => {
      const service = await bench.start();
      await service.change('a', 'b', 'a', 'b', 'a');
      await service.events.settled();
      const socket = await service.connect();
      expect(await socket.subscribe('things.a', '1')).to.deep.equal({
        op: 'subscribed',
        topic: 'things.a',
        last_event_id: '1',
      });
      await waitFor('what was missed', () => socket.ids('things.a').length === 2);
      await service.change('a');
      await waitFor('what is new', () => socket.ids('things.a').length === 3);
      expect(socket.ids('things.a')).to.deep.equal(['3', '5', '6']);
    });

    it('resumes from the table after a restart, further back than memory goes', async () => {
      const first = await bench.start();
      first.eventTime = Date.now();
      for (let n = 0; n < 11; n++)
        await first.change(...Array.from({ length: 1_000 }, (_, i) => `k${i % 100}`));
      const second = await bench.start({}, first.db);
      second.things.values.set('k7', 110);
      const socket = await second.connect();
      expect((await socket.subscribe('things.k7', '500')).op).to.equal('subscribed');
      await waitFor('what was missed', () => socket.ids('things.k7').length === 105);
      await socket.subscribe('things', '200');
      await waitFor('all', () => socket.ids('things').length === 10_800, { timeoutMs: 20_000 });
      const ids = socket.ids('things').map(Number);
      expect(ids).to.deep.equal(Array.from({ length: 10_800 }, (_, n) => n + 201));
    }).timeout(40_000);

    it('tells of a gap where what was missed is no longer kept, or never was', async () => {
      const service = await bench.start();
      for (let n = 0; n < 4; n++) await service.change('a');
      await service.events.settled();
      await service.events.trim(Date.UTC(2026, 0, 3), 3);
      const later = await bench.start({}, service.db);
      later.things.values.set('a', 4);
      const socket = await later.connect();
      for (const since of ['0', '2', '999']) {
        expect(await socket.subscribe('things.a', since), since).to.deep.equal({
          op: 'gap',
          topic: 'things.a',
        });
        const subscribed = {
          op: 'subscribed',
          topic: 'things.a',
          last_event_id: '4',
          snapshot: { value: 4 },
        };
        expect(await socket.next()).to.deep.equal(subscribed);
        await socket.ask({ op: 'unsubscribe', topic: 'things.a' });
      }
      expect(await later.metric('switchyard_live_gaps_total')).to.equal(3);
      expect((await socket.subscribe('things.a', '3')).op).to.equal('subscribed');
      expect((await socket.next()).event?.id).to.equal('4');
    });

    it('misses nothing and repeats nothing, whenever somebody comes, goes and comes again', async function () {
      this.timeout(60_000);
      const service = await bench.start();
      await service.change('a', 'b', 'c');
      const visits = fc.array(
        fc.record({
          topic: fc.constantFrom('things', 'things.a', 'things.b'),
          stays: fc.nat(4),
          away: fc.nat(3),
        }),
        { minLength: 1, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(visits, async (plan) => {
          let on = true;
          const changes = (async () => {
            while (on) await service.change('a', 'b', 'c', 'a');
          })();
          try {
            await Promise.all(plan.map((visit) => comeAndGo(service, visit)));
          } finally {
            on = false;
            await changes;
          }
        }),
        { numRuns: 15 },
      );
    });

    it('keeps the snapshot and its position together while things change', async () => {
      const service = await bench.start();
      await service.change('a');
      let on = true;
      const changes = (async () => {
        while (on) await service.change('a');
      })();
      for (let n = 0; n < 20; n++) {
        const socket = await service.connect();
        const { snapshot } = await socket.subscribe('things.a');
        const { event } = await socket.next();
        const value = Number(snapshot!['value']);
        // What is being committed is in memory a moment before; the snapshot is never older than its position.
        expect((event!.data as { value: number }).value).to.be.at.most(value + 1);
        await socket.close();
      }
      on = false;
      await changes;
    });

    it('holds a replay to the pace of its reader', async () => {
      const service = await bench.start();
      await service.change(...Array.from({ length: 100 }, (_, n) => `k${n}`));
      for (let n = 0; n < 9; n++)
        await service.change(...Array.from({ length: 1_000 }, (_, i) => `k${i % 100}`));
      const socket = await service.connect();
      socket.ws.pause();
      socket.send({ op: 'subscribe', topic: 'things', since: '0' });
      await waitFor(
        'the replay to begin',
        async () => (await service.metric('switchyard_live_events_sent_total')) > 0,
      );
      socket.ws.resume();
      await waitFor('all', () => socket.ids('things').length === 9_100, { timeoutMs: 20_000 });
      expect(new Set(socket.ids('things')).size).to.equal(9_100);
      expect(socket.closed).to.equal(undefined);
    }).timeout(40_000);

    it('numbers what is committed before it looks', async () => {
      const service = await bench.start();
      for (let n = 1; n <= 20; n++) {
        await service.change('a');
        expect(await service.events.settled()).to.equal(n);
      }
    });
  });

  onEachDatabase((bench) => {
    it('feeds the sockets of both replicas the same events', async () => {
      const one = await bench.start();
      const other = await bench.start({}, await bench.another());
      await one.change('a');
      other.things.values.set('a', 1);
      const sockets = [await one.connect(), await other.connect()];
      for (const socket of sockets) await socket.subscribe('things.a');
      for (let n = 0; n < 10; n++) await (n % 2 ? one : other).change('a', 'b');
      for (const socket of sockets) await waitFor('ten events', () => socket.ids('things.a').length === 10);
      expect(sockets[0]!.ids('things.a')).to.deep.equal(sockets[1]!.ids('things.a'));
      // Whoever was at one replica goes on at the other.
      const moved = await other.connect();
      await moved.subscribe('things.a', sockets[0]!.ids('things.a')[3]);
      await waitFor('the rest', () => moved.ids('things.a').length === 6);
      expect(moved.ids('things.a')).to.deep.equal(sockets[0]!.ids('things.a').slice(4));
    });
  }, 'PostgreSQL');
});

/** Comes without a position, goes after some events, resumes, and checks against the table. */
async function comeAndGo(
  service: LiveService,
  { topic, stays, away }: { topic: string; stays: number; away: number },
): Promise<void> {
  const first = await service.connect();
  const { last_event_id: begin } = await first.subscribe(topic);
  await waitFor('some events', () => first.ids(topic).length > stays);
  await first.close();
  const seen = first.ids(topic);
  for (let n = 0; n < away; n++) await service.change('a', 'b');
  const second = await service.connect();
  const answer = await second.subscribe(topic, seen.at(-1));
  expect(answer.op).to.equal('subscribed');
  await waitFor('more events', () => second.ids(topic).length > stays);
  await second.close();
  const got = [...seen, ...second.ids(topic)].map(Number);
  const table = await service.all(Number(begin));
  const own = table.filter(({ subject }) => topic === 'things' || `things.${subject.slice(7)}` === topic);
  expect(got).to.deep.equal(own.map(({ position }) => position).slice(0, got.length));
}
