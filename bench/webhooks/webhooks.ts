import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext } from '../bench-context.js';
import { median, versionOf, writeJson } from '../harness.js';
import { type AskedProcess, startProcess } from '../live/ask-process.js';

const ENDPOINTS = 100;
const HANGING = 10;
const EVENTS = 200;
const CHANGES_PER_S = 500;
const SECONDS = 10;
const RATE_TO_REACH = 0.4;
const P99_TO_REACH_MS = 1_500;

interface World {
  sender: AskedProcess;
  receivers: AskedProcess;
}

/** Deliveries a second beside bare posts, and how late a status change is. */
export async function runWebhooks(context: BenchContext): Promise<void> {
  const throughput = await deliveries(context);
  console.log(throughput.text);
  const delay = await latency(context);
  console.log(delay.text);
  const undici = await versionOf('undici');
  console.log(`written to ${await writeJson('webhooks', { undici, throughput, delay })}`);
}

async function startWorld({ folder, onEnd }: BenchContext): Promise<World> {
  const receivers = await startProcess('../webhooks/receivers.process.js');
  onEnd(() => receivers.stop());
  const port = await receivers.ask<number>('port');
  const own = await mkdtemp(join(folder, 'webhooks-'));
  const sender = await startProcess('../webhooks/sender.process.js', own, String(port));
  onEnd(() => sender.stop());
  return { sender, receivers };
}

/** To endpoints of which ten hang: the hanging ones alone are late, so all others have everything. */
async function deliveries(context: BenchContext) {
  const { sender, receivers } = await startWorld(context);
  const answering = Array.from({ length: ENDPOINTS - HANGING }, (_, i) => HANGING + i);
  const count = EVENTS * answering.length;
  await receivers.ask('hang', HANGING);
  await sender.ask('endpoints', { count: ENDPOINTS, type: 'task.completed' });

  async function measured(start: () => Promise<unknown>): Promise<number> {
    await receivers.ask('reset');
    const begun = Date.now();
    const [done] = await Promise.all([receivers.ask<number>('when', count), start()]);
    return count / ((done - begun) / 1_000);
  }

  let from = 0;
  const ours = (): Promise<number> =>
    measured(() => sender.ask('emit', { count: EVENTS, from: (from += EVENTS), type: 'task.completed' }));
  const bare = (): Promise<number> =>
    measured(() => sender.ask('post', { receivers: answering, each: EVENTS }));
  await ours(); // warms both sides up; not counted
  await bare();
  const rounds: { ours: number; bare: number }[] = [];
  for (let round = 0; round < context.rounds; round++)
    rounds.push({ ours: await ours(), bare: await bare() });
  const ratio = median(rounds.map((round) => round.ours / round.bare));
  const [own, peer] = [median(rounds.map((round) => round.ours)), median(rounds.map((round) => round.bare))];
  const text =
    `deliveries to ${ENDPOINTS} endpoints, ${HANGING} of them hanging: ${own.toFixed(0)} a second, ` +
    `bare undici ${peer.toFixed(0)}, ratio ${ratio.toFixed(2)}; to reach ${RATE_TO_REACH}`;
  return { rounds, ratio, toReach: RATE_TO_REACH, text };
}

async function latency(context: BenchContext) {
  const { sender, receivers } = await startWorld(context);
  await sender.ask('endpoints', { count: 1, type: 'sensor.status-changed' });
  const count = CHANGES_PER_S * SECONDS;
  await Promise.all([
    sender.ask('changes', { perS: CHANGES_PER_S, seconds: SECONDS }),
    receivers.ask('when', count),
  ]);
  const sorted = (await receivers.ask<number[]>('latencies')).sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const [p50, p99, most] = [at(0.5), at(0.99), sorted.at(-1)!];
  const text =
    `status change to request, ${CHANGES_PER_S} changes a second, a check every second: p50 ${p50} ms, ` +
    `p99 ${p99} ms, most ${most} ms; to reach p99 ${P99_TO_REACH_MS} ms`;
  return { count: sorted.length, p50, p99, most, toReachMs: P99_TO_REACH_MS, text };
}
