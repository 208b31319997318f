import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../src/kernel/clock.js';
import { AppError, messageOf } from '../../../src/kernel/errors.js';
import type { Connection } from '../../../src/platform/websocket/connection.js';
import { textFrame } from '../../../src/platform/websocket/text-frame.js';
import {
  createWebSocketEndpoint,
  type WebSocketEndpoint,
  type WebSocketEndpointOptions,
} from '../../../src/platform/websocket/web-socket-endpoint.js';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';
import { LiveSocket } from '../../support/live-socket.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

describe('the WebSocket endpoint', () => {
  let http: HttpFixture;
  let endpoint: WebSocketEndpoint;
  let connections: Connection[];
  let cutOff: number;

  async function start(options: Partial<WebSocketEndpointOptions> = {}): Promise<void> {
    http = await startHttp();
    connections = [];
    cutOff = 0;
    endpoint = createWebSocketEndpoint({
      server: http.http.server,
      path: '/ws',
      clock: systemClock,
      log: silentLog,
      maxConnections: 100,
      allowedOrigins: ['https://friend.example'],
      admit: () => (connection) => {
        connections.push(connection);
        return {
          text: (text) => connection.send(textFrame(JSON.stringify({ op: 'echo', message: text }))),
          binary: () => connection.send(textFrame('{"op":"binary"}')),
          closed: () => undefined,
        };
      },
      onCutOff: () => cutOff++,
      ...options,
    });
  }

  afterEach(async () => {
    await endpoint.stop();
    await http.http.stop();
  });

  const open = (headers = {}, more = {}): Promise<LiveSocket> => LiveSocket.open(http.url, headers, more);
  const refusal = (headers = {}): Promise<string> =>
    open(headers).then(
      () => 'open',
      (error: unknown) => messageOf(error),
    );

  it('hands out text messages whole, and sends frames of any length', async () => {
    await start();
    const socket = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(1, 125, 126, 300, 15_000),
        async (text, times) => {
          const long = Buffer.from(text.repeat(times).slice(0, 15_000)).toString();
          expect((await socket.ask(long)).message).to.equal(long);
        },
      ),
      {
        numRuns: 40,
        examples: [
          ['x', 126],
          ['й', 15_000],
        ],
      },
    );
    socket.ws.send(Buffer.from('x'), { binary: true });
    expect(await socket.next()).to.deep.equal({ op: 'binary' });
    await socket.close();
  });

  it('agrees on no compression', async () => {
    await start();
    const socket = await open({}, { perMessageDeflate: true });
    expect(socket.ws.extensions).to.equal('');
    await socket.close();
  });

  it('closes with 1009 for a message over 64 KiB, and takes one of 64 KiB', async () => {
    await start();
    const socket = await open();
    expect((await socket.ask('x'.repeat(65_536))).message).to.have.length(65_536);
    socket.send('x'.repeat(65_537));
    expect((await socket.ended()).code).to.equal(1009);
  });

  it('serves pages of its own host and of those that are named, and programs', async () => {
    await start();
    const own = new URL(http.url).host;
    for (const origin of [`http://${own}`, 'https://friend.example']) {
      const socket = await open({ origin });
      await socket.close();
    }
    for (const origin of ['https://foreign.example', 'null', `http://${own}.foreign.example`]) {
      expect(await refusal({ origin }), origin).to.equal('403');
    }
  });

  it('answers other paths with 404, who is not admitted with a status, and too many with 503', async () => {
    let admits = true;
    await start({
      maxConnections: 1,
      admit: () => {
        if (admits)
          return () => ({ text: () => undefined, binary: () => undefined, closed: () => undefined });
        throw new AppError('No', { code: 'access.unauthenticated', kind: 'unauthenticated' });
      },
    });
    const socket = await open();
    expect(await refusal()).to.equal('503');
    await socket.close();
    await waitFor('room', () => endpoint.connections() === 0);
    admits = false;
    expect(await refusal()).to.equal('401');
    expect(
      await exchange(
        http.port,
        'GET /else HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      ),
    )
      .to.match(/^HTTP\/1.1 404 Not Found\r\n/)
      .and.contain('"code":"request.not-found"');
  });

  it('leaves requests that offer another protocol to HTTP', async () => {
    await start();
    const offer =
      'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';
    expect(await exchange(http.port, `GET /livez HTTP/1.1\r\nHost: x\r\n${offer}\r\n\r\n`)).to.match(
      /^HTTP\/1.1 200 OK/,
    );
  });

  it('answers a handshake that is none with 400', async () => {
    await start();
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(await exchange(http.port, `GET /ws HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`)).to.match(
      /^HTTP\/1.1 400/,
    );
  });

  it('pings every 20 s, and ends a connection that missed two', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const alive = await open();
    const dead = await open({}, { autoPong: false });
    for (let round = 1; round <= 2; round++) {
      clock.advance(20_000);
      await waitFor('a ping', () => alive.pings === round && dead.pings === round);
      await alive.ask('the pong is there before this');
    }
    clock.advance(20_000);
    expect((await dead.ended()).code).to.equal(1006);
    await waitFor('a ping', () => alive.pings === 3);
    expect(alive.closed).to.equal(undefined);
    await alive.close();
  });

  it('cuts a reader off with 4008 when more than 1 MiB waits, and others hear on', async () => {
    await start();
    const [slow, quick] = [await open(), await open()];
    slow.ws.pause();
    const frame = textFrame(JSON.stringify({ op: 'x', message: 'y'.repeat(16_000) }));
    for (let n = 0; n < 5_000 && cutOff === 0; n++) {
      connections.forEach((connection) => connection.send(frame));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(cutOff).to.equal(1);
    expect(connections[0]!.waitingBytes).to.be.within(1_048_576, 1_048_576 + 2 * 16_100);
    slow.ws.resume();
    expect(await slow.ended()).to.deep.equal({ code: 4008, reason: 'too slow; resume with since' });
    expect(quick.closed).to.equal(undefined);
    await quick.close();
  });

  it('tells all with 1012 when it stops, and ends those that do not answer', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const socket = await open();
    const deaf = await open();
    deaf.ws.pause();
    let stopped = false;
    const stopping = endpoint.stop().then(() => (stopped = true));
    expect((await socket.ended()).code).to.equal(1012);
    expect(await refusal()).to.equal('503');
    expect(stopped).to.equal(false);
    clock.advance(5_000);
    await stopping;
    deaf.ws.terminate();
  });
});

/** Sends bytes and collects what comes until the server ends the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}
