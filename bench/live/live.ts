import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext } from '../bench-context.js';
import { commit, machine, median, versionOf } from '../harness.js';
import { type AskedProcess, startProcess } from './ask-process.js';

/** What came out, beside what is to be reached. */
export interface LiveResult {
  what: string;
  toReach: string;
  result: string;
}

const SUBSCRIBERS = 1_000;
const CHANGES_PER_S = 200;
const CHANGES = 4_000;
const FAN_OUT_SOCKETS = 5_000;
const FAN_OUT_EVENTS = 50;
const ALONE = 10;
/** Of a frame of 126 to 65,535 bytes. */
const FRAME_HEADER = 4;
const IDLE = 5_000;
const FOLLOWERS = 50;
const BREAKS = 1_000;

interface Started {
  server: AskedProcess;
  readers: AskedProcess;
  port: number;
}
type Start = () => Promise<Started>;

/** The live channel's measures, each in processes of its own, printed and written to bench/results. */
export async function runLive(context: BenchContext): Promise<void> {
  const results = await liveMeasures(context);
  const at = new Date().toISOString();
  const path = join('bench', 'results', `live-${at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(join('bench', 'results'), { recursive: true });
  const ws = await versionOf('ws');
  await writeFile(
    path,
    JSON.stringify({ at, commit: commit(), machine: machine(), ws, results }, null, 2) + '\n',
  );
  console.log(`written to ${path}`);
}

async function liveMeasures({ folder, rounds, onEnd }: BenchContext): Promise<LiveResult[]> {
  const starting =
    (kind: 'switchyard' | 'ws'): Start =>
    async () => {
      await mkdir(folder, { recursive: true });
      const own = await mkdtemp(join(folder, 'live-'));
      const server = await startProcess('server.process.js', kind, own);
      const readers = await startProcess('readers.process.js');
      let stopped: Promise<unknown> | undefined;
      onEnd(async () => void (await (stopped ??= Promise.all([readers.stop(), server.stop()]))));
      return { server, readers, port: await server.ask<number>('port') };
    };
  const ours = starting('switchyard');
  const bare = starting('ws');
  const results: LiveResult[] = [];
  const measures = [latency, memory, resuming, (own: Start, peer: Start) => fanOut(own, peer, rounds)];
  for (const measure of measures) {
    const result = await measure(ours, bare);
    console.log(`${result.what}\n  ${result.result}; to reach: ${result.toReach}`);
    results.push(result);
  }
  return results;
}

async function latency(start: Start): Promise<LiveResult> {
  const { server, readers, port } = await start();
  await readers.ask('open', { port, count: SUBSCRIBERS, topic: 'tasks.#' });
  await readers.ask('timeEvents');
  const load = { perSecond: CHANGES_PER_S, count: CHANGES, keys: SUBSCRIBERS };
  const committed = new Map(await server.ask<[string, number][]>('changes', load));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const arrived = await readers.ask<[string, number][]>('arrivals');
  await readers.ask('close');
  if (arrived.length !== CHANGES) throw new Error(`${arrived.length} of ${CHANGES} events came`);
  const delays = arrived.map(([id, at]) => at - committed.get(id)!).sort((a, b) => a - b);
  const at = (share: number): string => delays[Math.floor(delays.length * share)]!.toFixed(1);
  return {
    what: `commit to socket, ${SUBSCRIBERS} subscribers to one task each, ${CHANGES_PER_S} changes a second`,
    toReach: 'p99 ≤ 50 ms',
    result: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${delays.at(-1)!.toFixed(1)} ms`,
  };
}

interface Sent {
  perSecond: number;
  cpuMs: number;
  /** Of all frames to one socket. */
  bytes: number;
}

async function fanOut(ours: Start, bare: Start, rounds: number): Promise<LiveResult> {
  const us = await ours();
  const ws = await bare();
  const open = { count: FAN_OUT_SOCKETS, topic: 'tasks' };
  await us.readers.ask('open', { ...open, port: us.port });
  await ws.readers.ask('open', { ...open, port: ws.port, topic: null });
  const results: { us: Sent; ws: Sent }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const one = await sendAll(us, FAN_OUT_EVENTS);
    const other = await sendAll(
      ws,
      FAN_OUT_EVENTS,
      'x'.repeat(Math.round(one.bytes / FAN_OUT_EVENTS) - FRAME_HEADER),
    );
    // The first warms both.
    if (round > 0) results.push({ us: one, ws: other });
  }
  const ratio = median(results.map((result) => result.us.perSecond / result.ws.perSecond));
  const alone = median(await inTurn(us, ws));
  const cpu = median(results.map((result) => result.ws.cpuMs / result.us.cpuMs));
  const rate = Math.round(median(results.map((result) => result.us.perSecond)) / 1_000);
  await Promise.all([us, ws].map(({ readers }) => readers.ask('close')));
  return {
    what: `fan-out of one topic to ${FAN_OUT_SOCKETS} sockets, ${FAN_OUT_EVENTS} events a round`,
    toReach: '≥ 0.8 × ws sending the same text',
    result: `${ratio.toFixed(2)} × (${rate},000 frames/s); per CPU second ${cpu.toFixed(2)} ×; one event at a time, commit included, ${alone.toFixed(2)} ×`,
  };
}

/** Each event alone, after the one before has reached all: nothing can be joined. */
async function inTurn(us: Started, ws: Started): Promise<number[]> {
  const ratios: number[] = [];
  for (let n = 0; n < ALONE; n++) {
    const one = await sendAll(us, 1);
    const other = await sendAll(ws, 1, 'x'.repeat(one.bytes - FRAME_HEADER));
    ratios.push(one.perSecond / other.perSecond);
  }
  return ratios;
}

async function sendAll({ server, readers }: Started, count: number, text = ''): Promise<Sent> {
  const before = await readers.ask<number>('total');
  const cpuBefore = await server.ask<number>('cpuMs');
  const began = performance.now();
  const bytes = await server.ask<number>('send', { count, text });
  await readers.ask('untilBytes', before + FAN_OUT_SOCKETS * bytes);
  const seconds = (performance.now() - began) / 1_000;
  const cpuMs = (await server.ask<number>('cpuMs')) - cpuBefore;
  return { perSecond: (FAN_OUT_SOCKETS * count) / seconds, cpuMs, bytes };
}

async function memory(ours: Start, bare: Start): Promise<LiveResult> {
  const measured = await Promise.all(
    [ours, bare].map(async (start) => {
      const { server, readers, port } = await start();
      const before = await server.ask<Memory>('memory');
      await readers.ask('open', { port, count: IDLE, topic: 'tasks' });
      const after = await server.ask<Memory>('memory');
      await readers.ask('close');
      return { used: (after.used - before.used) / IDLE, rss: (after.rss - before.rss) / IDLE };
    }),
  );
  const [us, ws] = measured as [Memory, Memory];
  const kb = (bytes: number): string => (bytes / 1_024).toFixed(1);
  return {
    what: `memory of an idle connection with one subscription, of ${IDLE}`,
    toReach: '≤ 15 KB over ws alone',
    result: `${kb(us.used - ws.used)} KB over ws alone (${kb(us.used)} and ${kb(ws.used)}; resident ${kb(us.rss)} and ${kb(ws.rss)})`,
  };
}

interface Memory {
  used: number;
  rss: number;
}

async function resuming(start: Start): Promise<LiveResult> {
  const { server, readers, port } = await start();
  await readers.ask('follow', { port, count: FOLLOWERS });
  const load = { times: BREAKS, perSecond: CHANGES_PER_S };
  const { first, last } = await server.ask<{ first: number; last: number }>('breakConnections', load);
  const history = Array.from({ length: last - first }, (_, n) => String(first + n + 1)).join();
  for (let waited = 0; ; waited += 500) {
    const followed = await readers.ask<string[][]>('followed');
    const whole = followed.filter((ids) => ids.join() === history).length;
    if (whole === FOLLOWERS || waited > 40_000) {
      await readers.ask('close');
      return {
        what: `${BREAKS} connections of ${FOLLOWERS} clients broken at random, ${last - first} events meanwhile`,
        toReach: 'received = history, no gap, no repeat',
        result: `${whole} of ${FOLLOWERS} clients received the whole history, each event once and in order`,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
