import type { PrimeJob } from '../modules/reports/scan/range-jobs.js';
import { GeneralScanner } from '../modules/reports/scan/general-scanner.js';
import type { RegularLane } from '../modules/reports/scan/regular-lane.js';
import { scanRange } from '../modules/reports/scan/scan-range.js';
import { handOn } from '../modules/reports/scan/split-rows.js';
import { laneOfThread } from './lane-of-thread.js';
import { cutShards } from './merge-tables.js';

/** Enough rounds for the engine to compile the loops; about 50 ms. */
const ROUNDS = 60;
const RECORDS = 1_000;
const LONGEST_WAIT_MS = 10_000;

/**
 * Runs the scanner over some bytes, so that the first pass finds it compiled. Waits until every thread of the pool has
 * come, or 10 s, as a thread that has ended its job could else take that of a slower one.
 */
export function prime({ arrived, threads }: PrimeJob): void {
  const data = sampleBytes();
  const lane = laneOfThread();
  for (let round = 0; round < ROUNDS; round++) scanOnce(data, lane);
  meetOthers(arrived, threads);
}

function scanOnce(data: Uint8Array, lane: RegularLane): void {
  const period = { fromMs: null, toMs: null };
  const settings = { size: data.length, format: 'array', period, skipInvalid: false } as const;
  const outcome = scanRange(
    { from: 0, limit: Infinity, start: 'file' },
    settings,
    {
      read(into, length, position) {
        const piece = data.subarray(position, position + length);
        into.set(piece);
        return piece.length;
      },
      cancelled: () => false,
      progress: () => undefined,
    },
    lane,
  );
  if (outcome.kind === 'read')
    cutShards({ merged: null, tables: handOn(outcome.tables), phonesPerShard: RECORDS });
  const general = new GeneralScanner({ at: 'file', limit: Infinity, sums: null, skipInvalid: false });
  for (let at = 0; at < data.length;) at = general.read(data, at, data.length, 0);
}

function sampleBytes(): Uint8Array {
  const records = Array.from({ length: RECORDS }, (_, index) => {
    const start = 1_672_531_200_000 + index * 61_000;
    return `{"phone": ${index % 97}, "start_date": ${start}, "end_date": ${start + (index % 121) * 1000}}`;
  });
  return Buffer.from(`[${records.join(', ')}]`);
}

function meetOthers(arrived: Int32Array<SharedArrayBuffer>, threads: number): void {
  let here = Atomics.add(arrived, 0, 1) + 1;
  Atomics.notify(arrived, 0);
  const end = performance.now() + LONGEST_WAIT_MS;
  while (here < threads && performance.now() < end) {
    Atomics.wait(arrived, 0, here, end - performance.now());
    here = Atomics.load(arrived, 0);
  }
}
