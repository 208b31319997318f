import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { toRecent } from '../../src/modules/live/live-event.js';
import { createLiveModule } from '../../src/modules/live/index.js';
import { eventFrame } from '../../src/modules/live/server-frames.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { eventMigrations } from '../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../src/platform/events/sql-event-log.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';
import { textFrame } from '../../src/platform/websocket/text-frame.js';
import { createWebSocketEndpoint } from '../../src/platform/websocket/web-socket-endpoint.js';
import { quietLog } from '../quiet-log.js';
import { answer } from './ask-process.js';

/** The live channel over SQLite (`switchyard FOLDER`), or ws alone (`ws`). */
const [kind, folder = ''] = process.argv.slice(2);
const http = createServer();

/** As large as a task's event is. */
function dataOf(key: string): string {
  const at = '2026-01-01T00:00:00.000Z';
  return JSON.stringify({
    task_status: 'in_work',
    task_id: key,
    task_name: 'aggregate_calls',
    received: at,
    completed: null,
    error_message: null,
  });
}

function memory(): { used: number; rss: number } {
  for (let n = 0; n < 5; n++) global.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function switchyard(): Promise<void> {
  const db = createSqliteDatabase({ file: join(folder, 'live.db'), clock: systemClock, log: quietLog });
  await db.start();
  await db.migrate(eventMigrations);
  const events = createEventLog({ db, clock: systemClock, log: quietLog });
  const admin = { role: 'admin', name: 'bench' } as const;
  const access = { authenticate: () => admin, authenticateText: () => admin, holds: () => true };
  const live = createLiveModule({
    ...{ clock: systemClock, log: quietLog, events, access, metrics: createMetrics() },
    config: { maxSubscriptions: 10 },
  });
  const snapshot = (): Promise<object> => Promise.resolve({ newest: [] });
  live.use([{ name: 'tasks', snapshot, snapshotOf: snapshot }]);
  createWebSocketEndpoint({
    ...{ server: http, path: '/ws', clock: systemClock, log: quietLog },
    ...{ maxConnections: 20_000, allowedOrigins: [], admit: live.admit, onCutOff: live.onCutOff },
  });
  await live.start();

  async function change(key: string): Promise<number> {
    const tx = db.begin();
    const event = { type: 'task.started', subject: `tasks/${key}`, time: Date.now(), data: dataOf(key) };
    events.append(tx, event);
    await db.commit(tx);
    return performance.timeOrigin + performance.now();
  }

  answer({
    port,
    memory,
    cpuMs,
    /** One event after the other; the bytes of their frames. */
    async send({ count }: { count: number }) {
      const first = await events.last();
      for (let n = 0; n < count; n++) await change(newUuid(n));
      const sent = await events.read(first, count);
      const frames = sent.map((event) => textFrame(eventFrame('tasks', toRecent(event).json)));
      return frames.reduce((sum, { length }) => sum + length, 0);
    },
    /** When each was committed, by position. */
    async changes({ perSecond, count, keys }: { perSecond: number; count: number; keys: number }) {
      const first = (await events.last()) + 1;
      const began = performance.now();
      const committed: Promise<number>[] = [];
      for (let n = 0; n < count; n++) {
        const early = began + (n * 1_000) / perSecond - performance.now();
        if (early > 0) await pause(early);
        committed.push(change(String(n % keys)));
      }
      return (await Promise.all(committed)).map((at, n) => [String(first + n), at]);
    },
    /** Breaks connections, spread over all, while things change; returns the ids of all events. */
    async breakConnections({ times, perSecond }: { times: number; perSecond: number }) {
      const first = await events.last();
      let on = true;
      const changing = (async () => {
        for (; on; await pause(1_000 / perSecond)) await change('1');
      })();
      for (let broken = 0; broken < times; await pause(25)) broken += breakOne() ? 1 : 0;
      on = false;
      await changing;
      const last = await events.last();
      return { first, last };
    },
  });
}

const sockets = new Set<{ destroy(): void }>();
http.on('upgrade', (_request, socket) => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

/** One at random; false where none is open. */
function breakOne(): boolean {
  const open = [...sockets];
  const one = open[Math.floor(Math.random() * open.length)];
  one?.destroy();
  return one !== undefined;
}

function bareWs(): void {
  const server = new WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false });
  const clients = new Set<WebSocket>();
  let heard = 0;
  server.on('connection', (ws) => {
    clients.add(ws);
    ws.on('message', () => heard++);
    ws.on('close', () => clients.delete(ws));
  });
  answer({
    port,
    memory,
    cpuMs,
    heard: () => heard,
    async send({ count, text }: { count: number; text: string }) {
      for (let n = 0; n < count; n++) {
        for (const client of clients) client.send(text);
        await new Promise((next) => setImmediate(next));
      }
      return count * textFrame(text).length;
    },
  });
}

const port = (): number => (http.address() as AddressInfo).port;

await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
if (kind === 'ws') bareWs();
else await switchyard();
