import { GeneralScanner } from '../modules/reports/scan/general-scanner.js';
import type { PrimeJob } from '../modules/reports/scan/range-jobs.js';
import { planRanges } from '../modules/reports/scan/range.js';
import type { Range } from '../modules/reports/scan/range.js';
import { scanRange } from '../modules/reports/scan/scan-range.js';
import { handOn } from '../modules/reports/scan/split-rows.js';
import { laneOfThread } from './lane-of-thread.js';
import { cutShards } from './merge-tables.js';

/** Enough for the engine to compile the loops, of WebAssembly after some 15 MB; few and long rounds leave little garbage. */
const LANE_ROUNDS = 60;
const GENERAL_ROUNDS = 8;
const RECORDS = 4_000;
const PHONES_PER_SHARD = 1_000;
const LONGEST_WAIT_MS = 10_000;

/** Runs the scanner over some bytes when a thread starts, one that takes the place of another too: its first pass finds it compiled. */
export function warmUp(): void {
  const data = sampleBytes();
  const ranges = planRanges(data.length, Math.ceil(data.length / 2));
  for (let round = 0; round < LANE_ROUNDS; round++) for (const range of ranges) scanOnce(data, range);
  for (let round = 0; round < GENERAL_ROUNDS; round++) {
    const general = new GeneralScanner({ at: 'file', limit: Infinity, sums: null, skipInvalid: false });
    for (let at = 0; at < data.length;) at = general.read(data, at, data.length, 0);
  }
}

/**
 * Waits until every thread of the pool has come, or 10 s, as a thread that has ended its job could else take that of a
 * slower one.
 */
export function prime({ arrived, threads }: PrimeJob): void {
  let here = Atomics.add(arrived, 0, 1) + 1;
  Atomics.notify(arrived, 0);
  const end = performance.now() + LONGEST_WAIT_MS;
  while (here < threads && performance.now() < end) {
    Atomics.wait(arrived, 0, here, end - performance.now());
    here = Atomics.load(arrived, 0);
  }
}

function scanOnce(data: Uint8Array, range: Range): void {
  const period = { fromMs: null, toMs: null };
  const settings = { size: data.length, format: 'array', period, skipInvalid: false } as const;
  const input = {
    read(into: Uint8Array, length: number, position: number): number {
      const piece = data.subarray(position, position + length);
      into.set(piece);
      return piece.length;
    },
    cancelled: () => false,
    progress: () => undefined,
  };
  const outcome = scanRange(range, settings, input, laneOfThread());
  if (outcome.kind !== 'read') throw new Error('the sample is not read');
  cutShards({ merged: null, tables: handOn(outcome.tables), phonesPerShard: PHONES_PER_SHARD });
}

function sampleBytes(): Uint8Array {
  const records = Array.from({ length: RECORDS }, (_, index) => {
    const start = 1_672_531_200_000 + index * 61_000;
    return `{"phone": ${index % 97}, "start_date": ${start}, "end_date": ${start + (index % 121) * 1000}}`;
  });
  return Buffer.from(`[${records.join(', ')}]`);
}
