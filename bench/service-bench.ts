import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../spec/support/command-line.js';
import type { BenchContext } from './bench-context.js';
import { commit, machine, median, versionOf } from './harness.js';
import {
  busyMeasures,
  type Figures,
  queueMeasures,
  readMeasures,
  restMeasures,
  type ServiceMeasure,
  startMeasures,
} from './service-measures.js';
import { createServiceWorld, type ServiceWorld } from './service-world.js';

/** The parts by the word that runs them alone. */
const PARTS: Readonly<Record<string, (world: ServiceWorld) => ServiceMeasure[]>> = {
  reads: readMeasures,
  rest: restMeasures,
  queue: queueMeasures,
  busy: busyMeasures,
  start: startMeasures,
};

export const SERVICE_PARTS = Object.keys(PARTS);

export interface ServiceBenchContext extends BenchContext {
  /** Whether what the service's threads do is written down. */
  profile: boolean;
  /** A text: measures whose name holds it, with their peers. */
  only: string | undefined;
}

interface Spread {
  median: number;
  min: number;
  max: number;
}

interface MeasuredFigure {
  name: string;
  peer?: string;
  target?: number;
  /** Round by round, divided by the peer of the same round. */
  ratio?: Spread;
  perSecond: Spread;
  p50Ms: Spread;
  p99Ms: Spread;
  cpuUs?: Spread;
  loopP99Ms?: Spread;
  rssMb?: Spread;
}

/** Rejects with a `UsageError` where nothing has the text asked for in its name. */
export async function runServiceParts(parts: readonly string[], context: ServiceBenchContext): Promise<void> {
  const profiles = ['--cpu-prof', `--cpu-prof-dir=${resolve('bench/results/profiles')}`];
  const world = createServiceWorld(context, context.profile ? profiles : []);
  const all = parts.map((part) => ({ part, measures: PARTS[part]!(world) }));
  const asked = all
    .map(({ part, measures }) => ({ part, measures: chosen(measures, context.only) }))
    .filter(({ measures }) => measures.length > 0);
  if (asked.length === 0) {
    const names = new Set(all.flatMap(({ measures }) => measures.map(({ name }) => `"${name}"`)));
    throw new UsageError(`--only must be in one of ${[...names].join(', ')}, got "${context.only}"`);
  }
  for (const { part, measures } of asked) await runPart(part, measures, context);
}

/** Every measure in each round, one after the other. */
async function runPart(
  part: string,
  measures: readonly ServiceMeasure[],
  context: ServiceBenchContext,
): Promise<void> {
  for (const measure of measures) await measure.run(); // warms both sides up; not counted
  const rounds: Map<string, Figures>[] = [];
  for (let round = 0; round < context.rounds; round++) {
    const figures = new Map<string, Figures>();
    for (const measure of measures) figures.set(measure.name, await measure.run());
    rounds.push(figures);
  }
  const measured = measures.map((measure) => measuredOf(measure, rounds));
  print(part, measured, context.rounds);
  console.log(`written to ${await write(part, measured, context)}`);
}

function chosen(measures: readonly ServiceMeasure[], only = ''): ServiceMeasure[] {
  const named = measures.filter(({ name }) => name.includes(only));
  const peers = new Set(named.map(({ peer }) => peer));
  return measures.filter((measure) => named.includes(measure) || peers.has(measure.name));
}

function measuredOf(
  { name, peer, target }: ServiceMeasure,
  rounds: readonly Map<string, Figures>[],
): MeasuredFigure {
  const own = rounds.map((figures) => figures.get(name)!);
  const spread = (key: keyof Figures): Spread => spreadOf(own.map((figures) => figures[key] ?? 0));
  const ratios =
    peer === undefined ? [] : rounds.map((figures, i) => own[i]!.perSecond / figures.get(peer)!.perSecond);
  return {
    name,
    ...(peer !== undefined && { peer, ratio: spreadOf(ratios) }),
    ...(target !== undefined && { target }),
    perSecond: spread('perSecond'),
    p50Ms: spread('p50Ms'),
    p99Ms: spread('p99Ms'),
    ...(own[0]?.cpuUs !== undefined && { cpuUs: spread('cpuUs') }),
    ...(own[0]?.loopP99Ms !== undefined && { loopP99Ms: spread('loopP99Ms'), rssMb: spread('rssMb') }),
  };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

function print(part: string, measured: readonly MeasuredFigure[], rounds: number): void {
  console.log(`\n${part}: medians (least to most) of ${rounds} interleaved rounds`);
  const rows = measured.map(
    ({ name, ratio, target, ...rest }) =>
      [
        name,
        {
          ratio: shown(ratio, 2),
          target: target ?? '',
          'per second': shown(rest.perSecond, rest.perSecond.median < 100 ? 1 : 0),
          'p50 ms': shown(rest.p50Ms, 1),
          'p99 ms': shown(rest.p99Ms, 1),
          'CPU µs': shown(rest.cpuUs, 0),
          'loop p99 ms': shown(rest.loopP99Ms, 1),
          'RSS MB': shown(rest.rssMb, 0),
        },
      ] as const,
  );
  console.table(Object.fromEntries(rows));
}

function shown(spread: Spread | undefined, digits: number): string {
  if (!spread) return '';
  const [mid, min, max] = [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
  return `${mid} (${min} to ${max})`;
}

async function write(
  part: string,
  measured: readonly MeasuredFigure[],
  { rounds, records }: BenchContext,
): Promise<string> {
  const at = new Date().toISOString();
  const folder = join('bench', 'results');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${part}-${at.replaceAll(/[:.]/g, '-')}.json`);
  const versions = Object.fromEntries(
    await Promise.all(
      ['koa', '@koa/router', 'rabbitmq-client', 'better-sqlite3', 'pg'].map(async (name) => [
        name,
        await versionOf(name),
      ]),
    ),
  ) as Record<string, string>;
  const results = {
    name: part,
    at,
    rounds,
    records,
    commit: commit(),
    machine: machine(),
    versions,
    measured,
  };
  await writeFile(path, JSON.stringify(results, null, 2) + '\n');
  return path;
}
