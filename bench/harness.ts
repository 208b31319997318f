import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Writes results with what they depend on, for a later look or another machine; returns where. */
export async function writeJson(name: string, results: object): Promise<string> {
  const at = new Date().toISOString();
  const folder = join('bench', 'results');
  const path = join(folder, `${name}-${at.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ name, at, commit: commit(), machine: machine(), ...results }, null, 2);
  await writeFile(path, `${text}\n`);
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
