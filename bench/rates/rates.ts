import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rabbitmq } from '../../spec/support/rabbitmq.js';
import { stopSharedServers } from '../../spec/support/shared-server.js';
import type { BenchContext } from '../bench-context.js';
import { type BenchService, startBenchService } from '../bench-service.js';
import { median, writeJson } from '../harness.js';
import { type LoadGenerator, startLoadGenerator, stopChild } from '../load-generator.js';
import { type LoadResult, summaryOf } from '../load-result.js';
import { type AskedProcess, startProcess } from '../live/ask-process.js';

export interface RatesBenchContext extends BenchContext {
  /** For the growth of memory. */
  minutes: number;
}

interface Result {
  what: string;
  toReach: string;
  result: string;
}

/** A service whose only exchange is the market's. */
interface Site {
  service: BenchService;
  market: AskedProcess;
}

const CONNECTIONS = 100;
const SECONDS = 10;
const BUSY = { pairs: 100, perSecond: 2_000 };
const MANY = { pairs: 500, perSecond: 10_000 };
const LOOKS = { count: 500, everyMs: 20 };
const ASKED = '/api/v1/currency_pair?currency_pair=P0-USDT';

/** What exchange rates are to reach, one row after the other, printed and written to bench/results. */
export async function runRates(context: RatesBenchContext): Promise<void> {
  const results: Result[] = [];
  const show = (...rows: Result[]): void => {
    for (const row of rows) console.log(`${row.what}\n  ${row.result}; to reach: ${row.toReach}`);
    results.push(...rows);
  };
  const embedded = await openSite(context, 'embedded', {});
  show(...(await reads(embedded, context)));
  show(await untilReadable(embedded, 'embedded', 'p99 ≤ 20 ms'));
  context.onEnd(stopSharedServers);
  const overRabbit = await openSite(context, 'RabbitMQ', { AMQP_URL: await (await rabbitmq()).vhostUrl() });
  show(await untilReadable(overRabbit, 'through RabbitMQ', 'p99 ≤ 100 ms'));
  await overRabbit.service.stop();
  show(await growth(embedded, context.minutes));
  console.log(`written to ${await writeJson('rates', { results })}`);
}

async function openSite(context: BenchContext, name: string, env: Record<string, string>): Promise<Site> {
  const market = await startProcess('../rates/market.process.js');
  context.onEnd(() => market.stop());
  const RATES_BINANCE_URL = await market.ask<string>('url');
  // Nobody is there: the one source that is measured is enough.
  const rates = { RATES_ENABLED: 'on', RATES_BINANCE_URL, RATES_COINGECKO_URL: 'http://127.0.0.1:9' };
  const service = await startBenchService({ folder: context.folder, name, env: { ...rates, ...env } });
  context.onEnd(() => service.stop());
  await follow(service, 'P', MANY.pairs);
  await follow(service, 'PROBE', 50);
  await market.ask('trade', BUSY);
  await untilThere(service);
  await market.ask('pause');
  return { service, market };
}

async function follow(service: BenchService, prefix: string, count: number): Promise<void> {
  const symbols = Array.from({ length: count }, (_, n) => `${prefix}${n}`);
  const body = JSON.stringify({ exchanger: 'binance', symbols, currencies: ['USDT'] });
  const headers = { 'content-type': 'application/json' };
  const answer = await service.fetch('/api/v1/trade_info', { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`not followed: ${answer.status} ${await answer.text()}`);
}

async function untilThere(service: BenchService): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { status } = await service.fetch(`/api/v1/currency_pair?currency_pair=P${BUSY.pairs - 1}-USDT`);
    if (status === 200) return;
    await pause(50);
  }
  throw new Error('no trade arrived within 10 s');
}

/** Reads beside koa with its router, in turn; then reads while trades come in, beside reads without. */
async function reads({ service, market }: Site, { rounds, onEnd }: BenchContext): Promise<Result[]> {
  const load = startLoadGenerator();
  const peers = fork(fileURLToPath(new URL('../peers.process.js', import.meta.url)));
  onEnd(() => load.stop());
  const [{ router }] = (await once(peers, 'message')) as [{ router: number }];
  const ours = { port: service.port, path: ASKED, headers: service.headers };
  const koa = { port: router, path: '/api/v1/tasks/1', headers: service.headers };
  const quiet: LoadResult[] = [];
  const busy: LoadResult[] = [];
  const peer: LoadResult[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = [await loaded(load, ours), await loaded(load, koa)];
    await market.ask('trade', BUSY);
    const meanwhile = await loaded(load, ours);
    await market.ask('pause');
    // The first warms all.
    if (round === 0) continue;
    quiet.push(one);
    peer.push(other);
    busy.push(meanwhile);
  }
  await stopChild(peers);
  const p99 = median(busy.map(({ p99Ms }) => p99Ms)).toFixed(1);
  return [
    {
      what: `GET currency_pair, ${CONNECTIONS} connections`,
      toReach: '≥ 0.9 × koa with router',
      result: `${perSecond(quiet)} beside ${perSecond(peer)}: × ${ratio(quiet, peer)}, 0 failures`,
    },
    {
      what: `the same while ${BUSY.perSecond} trades a second come in`,
      toReach: '≥ 0.8 × of the above, p99 ≤ 30 ms',
      result: `${perSecond(busy)}: × ${ratio(busy, quiet)}, p99 ${p99} ms`,
    },
  ];
}

/** Any other status than 200 ends the run. */
function loaded(
  load: LoadGenerator,
  { port, path, headers }: { port: number; path: string; headers: Readonly<Record<string, string>> },
): Promise<LoadResult> {
  const job = { kind: 'http', host: '127.0.0.1', method: 'GET', status: 200 } as const;
  return load.run({ ...job, port, paths: [path], headers, connections: CONNECTIONS, seconds: SECONDS });
}

const perSecond = (results: readonly LoadResult[]): string =>
  `${Math.round(median(results.map((result) => result.perSecond))).toLocaleString('en')}/s`;

const ratio = (results: readonly LoadResult[], peer: readonly LoadResult[]): string =>
  median(results.map((result, round) => result.perSecond / peer[round]!.perSecond)).toFixed(2);

/** While other pairs trade. */
async function untilReadable({ service, market }: Site, how: string, toReach: string): Promise<Result> {
  await market.ask('trade', BUSY);
  const where = { port: service.port, headers: service.headers };
  await market.ask('look', { ...where, ...LOOKS, count: 50 });
  const times = await market.ask<number[]>('look', { ...where, ...LOOKS });
  await market.ask('pause');
  const { p50Ms, p99Ms } = summaryOf(times, 1);
  return {
    what: `trade to readable over REST, ${how}, while ${BUSY.perSecond} others a second come in`,
    toReach,
    result: `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms of ${times.length}`,
  };
}

/** The first fifth of the time is for warming. */
async function growth({ service, market }: Site, minutes: number): Promise<Result> {
  await market.ask('trade', MANY);
  const samples: number[] = [];
  for (let n = 0; n < minutes * 60; n++) {
    await pause(1_000);
    samples.push(await rssMb(service.pid));
  }
  await market.ask('pause');
  const window = Math.max(1, Math.floor(samples.length / 10));
  const before = median(samples.slice(2 * window, 3 * window));
  const after = median(samples.slice(-window));
  const taken = /switchyard_rates_taken_total\{source="binance"\} (\d+)/;
  const text = await (await service.fetch('/metrics')).text();
  return {
    what: `memory over ${minutes} min of ${MANY.perSecond} trades a second of ${MANY.pairs} pairs, embedded`,
    toReach: 'growth ≤ 5 % over 10 min',
    result:
      `${before.toFixed(0)} MB, then ${after.toFixed(0)} MB: ${(100 * (after / before - 1)).toFixed(1)} %; ` +
      `${Number(taken.exec(text)?.[1] ?? 0).toLocaleString('en')} trades in all`,
  };
}

async function rssMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)![1]) / 1_024;
}
