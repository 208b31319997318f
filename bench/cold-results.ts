import type { ColdRun } from './cold.process.js';
import { median } from './harness.js';

export interface Spread {
  medianMs: number;
  minMs: number;
  maxMs: number;
  roundsMs: number[];
}

export interface ColdResult {
  name: string;
  version: string;
  /** Its median divided by ours: how many times longer its first pass takes than our first. */
  ratio: number;
  /** The same of later passes in the same process; null where there were none. */
  warmRatio: number | null;
  first: Spread;
  warm: Spread | null;
  /** The highest resident memory of the first pass over that before it, the median of the rounds. */
  peakOverIdleMb: number | null;
  /** The same, of the whole process. */
  peakMb: number | null;
}

export function resultOf(
  name: string,
  version: string,
  runs: readonly ColdRun[],
  ours: readonly ColdRun[],
): ColdResult {
  const first = spreadOf(runs.map(({ firstMs }) => firstMs));
  const warmMs = runs.flatMap((run) => run.warmMs);
  const oursWarm = median(ours.flatMap((run) => run.warmMs));
  const peaks = runs.flatMap(({ idleMb, peakMb }) =>
    idleMb === null || peakMb === null ? [] : peakMb - idleMb,
  );
  const wholes = runs.flatMap(({ peakMb }) => peakMb ?? []);
  return {
    name,
    version,
    ratio: first.medianMs / median(ours.map(({ firstMs }) => firstMs)),
    warmRatio: warmMs.length > 0 ? median(warmMs) / oursWarm : null,
    first,
    warm: warmMs.length > 0 ? spreadOf(warmMs) : null,
    peakOverIdleMb: peaks.length > 0 ? median(peaks) : null,
    peakMb: wholes.length > 0 ? median(wholes) : null,
  };
}

export function printCold(description: string, rounds: number, results: readonly ColdResult[]): void {
  console.log(
    `\ncold aggregation: ${description}; ${rounds} interleaved rounds, each in a process of its own`,
  );
  console.table(
    Object.fromEntries(
      results.map(({ name, version, ratio, warmRatio, first, warm, peakOverIdleMb, peakMb }) => [
        `${name} ${version}`,
        {
          ratio: ratio.toFixed(2),
          'first ms': Math.round(first.medianMs),
          'min–max': `${Math.round(first.minMs)}–${Math.round(first.maxMs)}`,
          'warm ratio': warmRatio?.toFixed(2) ?? '',
          'warm ms': warm ? Math.round(warm.medianMs) : '',
          'warm min–max': warm ? `${Math.round(warm.minMs)}–${Math.round(warm.maxMs)}` : '',
          'peak MB': peakMb === null ? '' : Math.round(peakMb),
          'over idle MB': peakOverIdleMb === null ? '' : Math.round(peakOverIdleMb),
        },
      ]),
    ),
  );
}

/** How many times the time and the memory of the smaller size the larger one takes. */
export function growthOf(
  smaller: readonly ColdResult[],
  larger: readonly ColdResult[],
): Record<string, { time: string; memory: string; 'memory over idle': string }> {
  return Object.fromEntries(
    larger.flatMap((result) => {
      const before = smaller.find(({ name }) => name === result.name);
      if (!before) return [];
      const growth = {
        time: timesOf(result.first.medianMs, before.first.medianMs),
        memory: timesOf(result.peakMb, before.peakMb),
        'memory over idle': timesOf(result.peakOverIdleMb, before.peakOverIdleMb),
      };
      return [[result.name, growth]];
    }),
  );
}

function timesOf(larger: number | null, smaller: number | null): string {
  return larger !== null && smaller ? (larger / smaller).toFixed(2) : '';
}

function spreadOf(roundsMs: number[]): Spread {
  return { medianMs: median(roundsMs), minMs: Math.min(...roundsMs), maxMs: Math.max(...roundsMs), roundsMs };
}
