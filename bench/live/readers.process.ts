import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { WebSocket } from 'ws';
import type * as LiveClientModule from '../../public/live-client.js';
import { answer } from './ask-process.js';
import { RawReader } from './raw-reader.js';

/** Readers of all benchmarks, in a process beside the server's. */
const readers: RawReader[] = [];
const arrivals: [id: string, at: number][] = [];
const followed: string[][] = [];
/** Connections that are made at the same time. */
const AT_ONCE = 100;
let stopFollowing: (() => void) | undefined;

interface Opening {
  port: number;
  count: number;
  /** `#` is the number of the reader. */
  topic: string | null;
}

async function open({ port, count, topic }: Opening): Promise<void> {
  const openOne = async (_: unknown, n: number): Promise<RawReader> => {
    const reader = await RawReader.open(port);
    const name = topic?.replace('#', String(readers.length + n));
    if (name !== undefined) reader.send(JSON.stringify({ op: 'subscribe', topic: name }));
    return reader;
  };
  while (readers.length < count) {
    const group = { length: Math.min(AT_ONCE, count - readers.length) };
    readers.push(...(await Promise.all(Array.from(group, openOne))));
  }
  // Until every snapshot is there.
  for (let last = -1; last !== total(); await pause(200)) last = total();
}

const total = (): number => readers.reduce((sum, { bytes }) => sum + bytes, 0);

/** Notes when each event came. */
function timeEvents(): void {
  for (const reader of readers) {
    reader.onText = (text) => {
      const id = /"op":"event".*?"id":"(\d+)"/.exec(text)?.[1];
      if (id !== undefined) arrivals.push([id, performance.timeOrigin + performance.now()]);
    };
  }
}

async function untilBytes(bytes: number): Promise<void> {
  while (total() < bytes) await pause(1);
}

async function follow({ port, count }: { port: number; count: number }): Promise<void> {
  const path = pathToFileURL(resolve('public/live-client.js')).href;
  const { createLiveClient } = (await import(path)) as typeof LiveClientModule;
  const clients = Array.from({ length: count }, () => {
    const client = createLiveClient({ url: `http://127.0.0.1:${port}`, WebSocket });
    const ids: string[] = [];
    followed.push(ids);
    return new Promise<() => void>((ready) => {
      client.subscribe('tasks', {
        onSnapshot: () => ready(() => client.close()),
        onEvent: ({ id }) => ids.push(id),
        onGap: () => ids.push('gap'),
      });
    });
  });
  const closes = await Promise.all(clients);
  stopFollowing = () => closes.forEach((close) => close());
}

answer({
  open,
  timeEvents,
  total,
  untilBytes,
  arrivals: () => arrivals.splice(0),
  follow,
  followed: () => followed,
  close() {
    stopFollowing?.();
    for (const { socket } of readers.splice(0)) socket.destroy();
  },
});
