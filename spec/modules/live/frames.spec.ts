import { expect } from 'chai';
import fc from 'fast-check';
import { AppError, messageOf } from '../../../src/kernel/errors.js';
import type { LiveCaller } from '../../../src/kernel/live-topic.js';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { onEachDatabase } from './on-each-database.js';

const NO_TOKEN = (): never => {
  throw new AppError('A token is needed', { code: 'access.unauthenticated', kind: 'unauthenticated' });
};
const viewer: LiveCaller = { role: 'viewer', name: 'eve' };

/** Knows one token, and asks everybody for it. */
const asking = {
  authenticate: NO_TOKEN,
  authenticateText: (text: string | undefined): LiveCaller => (text === 'good' ? viewer : NO_TOKEN()),
};

describe('frames of the live channel', () => {
  onEachDatabase((bench) => {
    it('that are bad are answered, and the socket stays open', async () => {
      const service = await bench.start();
      await service.change('a');
      const socket = await service.connect();
      const bad: [frame: string, code: string, message: RegExp][] = [
        ['', 'live.bad-frame', /must be JSON/],
        ['[]', 'live.bad-frame', /must be a JSON object, got an array/],
        ['{}', 'live.bad-frame', /op must be auth, subscribe, unsubscribe or ping, got nothing/],
        ['{"op":"shout"}', 'live.bad-frame', /got "shout"/],
        ['{"op":"subscribe"}', 'live.bad-frame', /topic must be a string/],
        ['{"op":"subscribe","topic":"no topic"}', 'live.bad-frame', /got "no topic"/],
        ['{"op":"subscribe","topic":"nothings"}', 'live.unknown-topic', /there are: things/],
        ['{"op":"subscribe","topic":"things","since":7}', 'live.bad-frame', /since must be .* got 7/],
        ['{"op":"unsubscribe","topic":"things.a"}', 'live.not-subscribed', /things.a is not subscribed/],
      ];
      for (const [frame, code, message] of bad) {
        const answer = await socket.ask(frame);
        expect(answer, frame).to.include({ op: 'error', code });
        expect(answer.message, frame).to.match(message);
      }
      expect((await socket.subscribe('things.a')).op).to.equal('subscribed');
      expect(await socket.subscribe('things.a')).to.include({ op: 'error', code: 'live.already-subscribed' });
      socket.ws.send(Buffer.from('{"op":"subscribe"}'), { binary: true });
      expect(await socket.next()).to.include({ op: 'error', code: 'live.bad-frame' });
    });

    it('that are bad close the connection after ten in a row, and a good one begins the count anew', async () => {
      const service = await bench.start();
      const socket = await service.connect();
      for (let n = 0; n < 9; n++) await socket.ask('?');
      await socket.ask({ op: 'ping' });
      for (let n = 0; n < 9; n++) await socket.ask('?');
      expect(socket.closed).to.equal(undefined);
      socket.send('?');
      expect(await socket.ended()).to.deep.equal({ code: 1008, reason: 'too many bad frames in a row' });
    });

    it('whatever is in them, are answered one by one and end nothing but their connection', async function () {
      this.timeout(60_000);
      const service = await bench.start();
      const op = fc.constantFrom('auth', 'subscribe', 'unsubscribe', 'ping', '', '__proto__');
      const member = fc.oneof(fc.constantFrom('things', 'things.a', '0', '1-2'), fc.jsonValue(), fc.string());
      const frame = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.jsonValue().map((value) => JSON.stringify(value)),
        fc
          .record({ op, topic: member, since: member, token: member }, { requiredKeys: ['op'] })
          .map((value) => JSON.stringify(value)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 9 }), async (frames) => {
          const socket = await service.connect();
          frames.forEach((text) => socket.send(text));
          socket.send({ op: 'ping' });
          const last = await waitFor('an answer to the last', () =>
            socket.frames.findLast(({ op }) => op === 'pong'),
          );
          expect(last).to.deep.equal({ op: 'pong' });
          for (const { op, code } of socket.frames) {
            expect(op).to.be.oneOf(['error', 'pong', 'ready', 'subscribed', 'unsubscribed', 'gap']);
            if (op === 'error') expect(code).to.match(/^(live|things|access)\.[a-z-]+$/);
          }
          await socket.close();
        }),
        { numRuns: 60 },
      );
      await waitFor('no connection', async () => (await service.metric('switchyard_live_connections')) === 0);
      expect(await service.metric('switchyard_live_subscriptions')).to.equal(0);
    });

    it('of a caller without a token are refused until it comes', async () => {
      const service = await bench.start({ access: asking });
      await service.change('a');
      const socket = await service.connect();
      expect(await socket.subscribe('things.a')).to.include({ code: 'access.unauthenticated' });
      expect(await socket.ask({ op: 'auth', token: 'bad' })).to.include({ code: 'access.unauthenticated' });
      expect(await socket.ask({ op: 'auth', token: 'good' })).to.deep.equal({ op: 'ready' });
      expect((await socket.subscribe('things.a')).op).to.equal('subscribed');
      expect(await socket.ask({ op: 'auth', token: 'good' })).to.include({ code: 'live.bad-frame' });
    });

    it('with a bad token in a header are not even connected for', async () => {
      const service = await bench.start({ access: asking });
      const refused = await service.connect({ authorization: 'Bearer bad' }).catch(messageOf);
      expect(refused).to.equal('401');
    });

    it('are waited for 10 s where a token has to come first', async () => {
      const clock = new ManualClock();
      const service = await bench.start({ access: asking, clock });
      const late = await service.connect();
      const known = await service.connect();
      await known.ask({ op: 'auth', token: 'good' });
      clock.advance(9_999);
      expect((await late.ask({ op: 'ping' })).code).to.equal('access.unauthenticated');
      clock.advance(1);
      expect(await late.ended()).to.deep.equal({ code: 1008, reason: 'no token within 10 s' });
      expect(known.closed).to.equal(undefined);
    });

    it('end with the token that let them in', async () => {
      const clock = new ManualClock();
      let holds = true;
      const service = await bench.start({ clock, access: { holds: () => holds } });
      const socket = await service.connect();
      await socket.ask({ op: 'ping' });
      clock.advance(5_000);
      await socket.ask({ op: 'ping' });
      holds = false;
      await waitFor('the end', () => {
        clock.advance(5_000);
        return socket.closed;
      });
      expect(socket.closed).to.deep.equal({ code: 1008, reason: 'the token is no longer valid' });
      expect(socket.frames.at(-1)).to.include({ op: 'error', code: 'access.unauthenticated' });
    });

    it('of the role client see what a topic allows, and nothing else', async () => {
      const client: LiveCaller = { role: 'client', name: 'c', clientId: 'mine' };
      const snapshotOf = (): Promise<object> => Promise.resolve({});
      const own = {
        name: 'own',
        snapshotOf,
        maySee: (caller: LiveCaller, key?: string) => key === caller.clientId,
      };
      const service = await bench.start({ topics: [own], access: { authenticate: () => client } });
      const socket = await service.connect();
      for (const topic of ['things', 'things.a', 'own.other']) {
        expect(await socket.subscribe(topic), topic).to.include({
          op: 'error',
          code: 'access.forbidden',
          topic,
        });
      }
      expect(await socket.subscribe('own')).to.include({ code: 'live.unknown-topic' });
      expect((await socket.subscribe('own.mine')).op).to.equal('subscribed');
    });

    it('name what is not there with the code of its module', async () => {
      const service = await bench.start();
      const socket = await service.connect();
      for (const since of [undefined, '0']) {
        const expected = {
          op: 'error',
          code: 'things.not-found',
          message: 'Thing not found',
          topic: 'things.z',
        };
        expect(await socket.subscribe('things.z', since)).to.deep.equal({ ...expected, retryable: false });
      }
    });

    it('ask for no more topics than are allowed', async () => {
      const service = await bench.start({ maxSubscriptions: 2 });
      await service.change('a', 'b', 'c');
      const socket = await service.connect();
      await socket.subscribe('things.a');
      await socket.subscribe('things.b');
      expect(await socket.subscribe('things.c')).to.include({ code: 'live.too-many-subscriptions' });
      await socket.ask({ op: 'unsubscribe', topic: 'things.a' });
      expect((await socket.subscribe('things.c')).op).to.equal('subscribed');
    });

    it('of what is not stored come after what was, and move no position', async () => {
      const service = await bench.start();
      await service.change('a');
      const socket = await service.connect();
      await socket.subscribe('things.a');
      await service.change('a');
      await waitFor('the event', () => socket.ids('things.a').length === 1);
      service.live.tell({ type: 'thing.shaken', subject: 'things/a', time: 1, data: '{"value":2}' });
      await waitFor('what was told', () => socket.ids('things.a').length === 2);
      const told = socket.ids('things.a')[1]!;
      expect(told).to.match(/^2-[0-9a-f-]{36}$/);
      const resumed = await service.connect();
      expect(await resumed.subscribe('things.a', told)).to.include({ op: 'subscribed', last_event_id: '2' });
      await service.change('a');
      await waitFor('what is new', () => resumed.ids('things.a').length === 1);
      expect(resumed.ids('things.a')).to.deep.equal(['3']);
    });
  }, 'SQLite');
});
