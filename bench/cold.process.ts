/**
 * One contender in a process of its own: node cold.process.js NAME FILE WARM_PASSES [SETTLE_MS]
 * Prints one line of JSON, a `ColdRun`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTENDERS } from './cold-contenders.js';
import type { PlainStats } from './plain-sums.js';

export interface ColdRun {
  firstMs: number;
  warmMs: number[];
  /** Resident memory before the first pass, and its peak until the end of the first pass; null where /proc is missing. */
  idleMb: number | null;
  peakMb: number | null;
  result: PlainStats[];
}

/** A service is not asked the moment it is up: what the engine compiles in the background is done by then. */
const SETTLE_MS = 500;

const [name, file, warmPasses] = process.argv.slice(2) as [string, string, string];
const { pass, close } = await CONTENDERS[name]!(file);
await sleep(SETTLE_MS);
resetPeak();
const idleMb = statusMb('VmRSS');
const [firstMs, result] = await timed(pass);
const peakMb = statusMb('VmHWM');
const warmMs: number[] = [];
for (let i = 0; i < Number(warmPasses); i++) warmMs.push((await timed(pass))[0]);
await close?.();
const run: ColdRun = { firstMs, warmMs, idleMb, peakMb, result };
console.log(JSON.stringify(run));

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const startedAt = performance.now();
  const result = await work();
  return [performance.now() - startedAt, result];
}

function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Without it the peak is that of the start too.
  }
}

function statusMb(field: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
  } catch {
    return null;
  }
}
