import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** One way to do the job; each call is one measured round. */
export interface Contestant {
  name: string;
  /** What stands beside its name in the results: the version of the peer. */
  version: string;
  /** Not measured, before each round: away with caches of the round before. */
  prepare?(): Promise<void>;
  /** Does the job once. Its result is compared with the others': a fast wrong answer is none. */
  run(): Promise<unknown>;
}

export interface Benchmark {
  name: string;
  /** What is done, on what. */
  description: string;
  rounds: number;
  /** The first is ours; the others are its peers. */
  contestants: readonly Contestant[];
}

export interface Measured {
  name: string;
  version: string;
  /** Milliseconds of each round, in the order they were run. */
  roundsMs: number[];
  medianMs: number;
  minMs: number;
  maxMs: number;
  /** Its median divided by ours: how many times longer it takes. */
  ratio: number;
}

/**
 * Runs the contestants in turn, round by round, so that a machine that grows warm or busy meets all alike.
 * Throws where two contestants differ in their result.
 */
export async function measure({ contestants, rounds }: Benchmark): Promise<Measured[]> {
  const times = contestants.map((): number[] => []);
  let agreed: string | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      await contestant.prepare?.();
      const startedAt = performance.now();
      const result = await contestant.run();
      times[i]!.push(performance.now() - startedAt);
      const told = JSON.stringify(result);
      agreed ??= told;
      if (told !== agreed)
        throw new Error(`${contestant.name} computes something else: ${told} for ${agreed}`);
    }
  }
  const ours = median(times[0]!);
  return contestants.map(({ name, version }, i) => ({
    name,
    version,
    roundsMs: times[i]!,
    medianMs: median(times[i]!),
    minMs: Math.min(...times[i]!),
    maxMs: Math.max(...times[i]!),
    ratio: median(times[i]!) / ours,
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function printTable({ name, description, rounds }: Benchmark, measured: readonly Measured[]): void {
  console.log(`\n${name}: ${description}; medians of ${rounds} interleaved rounds`);
  console.table(
    Object.fromEntries(
      measured.map(({ name: who, version, ratio, medianMs, minMs, maxMs }) => [
        `${who} ${version}`,
        { ratio: ratio.toFixed(2), 'median ms': ms(medianMs), 'min ms': ms(minMs), 'max ms': ms(maxMs) },
      ]),
    ),
  );
}

const ms = (value: number): number => Math.round(value * 10) / 10;

/** Writes a benchmark's results with what they depend on, for a later look or another machine. */
export async function writeResults(benchmark: Benchmark, measured: readonly Measured[]): Promise<string> {
  const at = new Date().toISOString();
  const folder = join('bench', 'results');
  const path = join(folder, `${benchmark.name}-${at.replaceAll(/[:.]/g, '-')}.json`);
  const { name, description, rounds } = benchmark;
  await mkdir(folder, { recursive: true });
  const results = { name, description, rounds, at, commit: commit(), machine: machine(), measured };
  await writeFile(path, JSON.stringify(results, null, 2) + '\n');
  return path;
}

export function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

/** The version of an installed package. */
export async function versionOf(packageName: string): Promise<string> {
  const text = await readFile(join('node_modules', packageName, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
