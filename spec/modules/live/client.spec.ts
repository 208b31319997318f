import { expect } from 'chai';
import { WebSocket } from 'ws';
import type { LiveClient, LiveClientOptions, LiveEvent } from '../../../public/live-client.js';
import { liveClientModule } from '../../support/live-client.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import type { LiveService } from './live-service.js';
import { onEachDatabase } from './on-each-database.js';

interface Heard {
  log: string[];
  handlers: {
    onSnapshot: (snapshot: unknown) => void;
    onEvent: (event: LiveEvent) => void;
    onGap: () => void;
    onError: (error: { code: string }) => void;
  };
}

/** What was called, in order: `snapshot`, the ids of events, `gap`, error codes. */
function hearing(): Heard {
  const log: string[] = [];
  return {
    log,
    handlers: {
      onSnapshot: () => log.push('snapshot'),
      onEvent: ({ id }) => log.push(id),
      onGap: () => log.push('gap'),
      onError: ({ code }) => log.push(code),
    },
  };
}

describe('the live client', () => {
  onEachDatabase((bench) => {
    let service: LiveService;
    let proxy: TcpProxy;
    let clients: LiveClient[];

    beforeEach(async () => {
      service = await bench.start();
      proxy = await startTcpProxy({ host: '127.0.0.1', port: service.http.port });
      clients = [];
    });

    afterEach(async () => {
      for (const client of clients) client.close();
      await proxy.stop();
    });

    async function connect(options: LiveClientOptions = {}): Promise<LiveClient> {
      const { createLiveClient } = await liveClientModule();
      const client = createLiveClient({ url: `http://127.0.0.1:${proxy.port}`, WebSocket, ...options });
      clients.push(client);
      return client;
    }

    it('hears each event once and in order, however often its connection breaks', async function () {
      this.timeout(40_000);
      await service.change('a');
      const client = await connect();
      const { log, handlers } = hearing();
      client.subscribe('things', handlers);
      await waitFor('the snapshot', () => log.length === 1);
      for (let n = 0; n < 15; n++) {
        await service.change('a', 'b');
        if (n % 3 === 0) proxy.cut();
        await service.change('a');
      }
      await waitFor('all events', () => log.length === 46, { timeoutMs: 30_000 });
      expect(log).to.deep.equal(['snapshot', ...Array.from({ length: 45 }, (_, n) => String(n + 2))]);
    });

    it('waits while nobody is there, and goes on from where it was', async function () {
      this.timeout(40_000);
      await service.change('a');
      const states: string[] = [];
      const client = await connect({ onState: (state) => states.push(state) });
      const { log, handlers } = hearing();
      client.subscribe('things.a', handlers);
      await waitFor('the snapshot', () => log.length === 1);
      proxy.close();
      await waitFor('the state waiting', () => client.state() === 'waiting');
      await service.change('a', 'a');
      proxy.open();
      await waitFor('what was missed', () => log.length === 3, { timeoutMs: 20_000 });
      expect(log).to.deep.equal(['snapshot', '2', '3']);
      expect(states.slice(0, 3)).to.deep.equal(['connecting', 'open', 'waiting']);
      expect(states.at(-1)).to.equal('open');
    });

    it('tells of a gap, and shows how it is now', async () => {
      await service.change('a');
      const client = await connect();
      const { log, handlers } = hearing();
      client.subscribe('things.a', handlers);
      await waitFor('the snapshot', () => log.length === 1);
      proxy.close();
      await waitFor('the state waiting', () => client.state() === 'waiting');
      await service.change(...Array.from({ length: 1_000 }, () => 'a'));
      for (let n = 0; n < 10; n++) await service.change(...Array.from({ length: 1_000 }, () => 'b'));
      await waitFor('the feed', async () => (await service.events.last()) === 11_001);
      proxy.open();
      await waitFor('the gap', () => log.length === 3, { timeoutMs: 20_000 });
      expect(log).to.deep.equal(['snapshot', 'gap', 'snapshot']);
    }).timeout(40_000);

    it('follows a topic for several, and gives one that comes later its own beginning', async () => {
      await service.change('a');
      const client = await connect();
      const [one, other] = [hearing(), hearing()];
      const endOne = client.subscribe('things.a', one.handlers);
      await waitFor('the snapshot', () => one.log.length === 1);
      await service.change('a');
      await waitFor('the event', () => one.log.length === 2);
      client.subscribe('things.a', other.handlers);
      await waitFor('the snapshot', () => other.log.length === 1);
      await service.change('a');
      await waitFor('the event', () => other.log.includes('3') && one.log.includes('3'));
      expect(other.log).to.deep.equal(['snapshot', '3']);
      endOne();
      await service.change('a');
      await waitFor('the event', () => other.log.includes('4'));
      expect(one.log).to.deep.equal(['snapshot', '2', 'snapshot', '3']);
    });

    it('forgets a topic that there is not, and goes on with the others', async () => {
      await service.change('a');
      const client = await connect();
      const [none, unknown, good] = [hearing(), hearing(), hearing()];
      client.subscribe('things.none', none.handlers);
      client.subscribe('nothings', unknown.handlers);
      client.subscribe('things.a', good.handlers);
      await waitFor('the snapshot', () => good.log.length === 1);
      expect([none.log, unknown.log]).to.deep.equal([['things.not-found'], ['live.unknown-topic']]);
    });

    it('takes its token from a function at each connection', async () => {
      let asked = 0;
      const token = (): Promise<string> => Promise.resolve(`token ${++asked}`);
      const client = await connect({ token });
      await waitFor('the state open', () => client.state() === 'open');
      proxy.cut();
      await waitFor('the second question', () => asked === 2 && client.state() === 'open');
    });

    it('ends what it began', async () => {
      const client = await connect();
      await waitFor('the state open', () => client.state() === 'open');
      client.close();
      client.close();
      expect(client.state()).to.equal('closed');
      client.subscribe('things', hearing().handlers);
      await waitFor('no connection', async () => (await service.metric('switchyard_live_connections')) === 0);
    });
  }, 'SQLite');
});
