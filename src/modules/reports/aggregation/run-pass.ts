import type { AggregateProgress } from '../aggregate.js';
import type { OpenDataset } from '../dataset.js';
import { aggregationCancelled, dataUnreadable } from '../aggregate-errors.js';
import type { Period } from '../phone-stats.js';
import { CANCEL_WORD, FIRST_PROGRESS_WORD } from '../scan/range-jobs.js';
import type { ScanJob } from '../scan/range-jobs.js';
import { planRanges } from '../scan/range.js';
import type { Range, RangeOutcome } from '../scan/range.js';
import { scanRanges } from '../scan/scan-ranges.js';
import type { Shards } from '../scan/shards.js';
import type { JobRunner } from './job-runner.js';
import { MergedSums } from './merged-sums.js';

export interface PassSettings {
  period: Period;
  skipInvalid: boolean;
  signal: AbortSignal;
}

export type PassOutcome =
  | { kind: 'read'; shards: Shards; skipped: number }
  | { kind: 'damaged'; offset: number; reason: string; unfinished: boolean };

const RANGES_PER_THREAD = 8;
const SMALLEST_RANGE = 1 << 20;
/** Bounds what a range's table may weigh, and how long other jobs wait for a thread: about 50 ms. */
const LARGEST_RANGE = 1 << 24;

/** One pass over an open file on all threads. */
export class Pass {
  readonly #pool: JobRunner;
  readonly #dataset: OpenDataset;
  readonly #settings: PassSettings;
  readonly #ranges: Range[];
  readonly #shared: Int32Array<SharedArrayBuffer>;
  readonly #sums: MergedSums;

  constructor(pool: JobRunner, dataset: OpenDataset, settings: PassSettings) {
    this.#pool = pool;
    this.#dataset = dataset;
    this.#settings = settings;
    this.#sums = new MergedSums(pool);
    const even = Math.ceil(dataset.version.size / (pool.threads * RANGES_PER_THREAD));
    const rangeBytes = Math.min(Math.max(even, SMALLEST_RANGE), LARGEST_RANGE);
    this.#ranges = planRanges(dataset.version.size, rangeBytes);
    const words = FIRST_PROGRESS_WORD + this.#ranges.length;
    this.#shared = new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Rejects with `reports.cancelled` soon after the signal aborts, when no thread works for it any more. */
  async run(): Promise<PassOutcome> {
    const { signal } = this.#settings;
    const cancel = (): void => void Atomics.store(this.#shared, CANCEL_WORD, 1);
    signal.addEventListener('abort', cancel);
    try {
      if (signal.aborted) throw aggregationCancelled();
      const outcome = await scanRanges({
        ranges: this.#ranges,
        // One more than there are threads, so that none waits for the next.
        concurrency: this.#pool.threads + 1,
        run: (range, index) => this.#scan(range, index),
        accept: (tables) => this.#sums.accept(tables),
        abandon: cancel,
      });
      if (outcome.kind === 'cancelled' || signal.aborted) throw aggregationCancelled();
      if (outcome.kind === 'damaged') return outcome;
      return { kind: 'read', shards: await this.#sums.finish(), skipped: outcome.skipped };
    } finally {
      await this.#sums.settled();
      signal.removeEventListener('abort', cancel);
    }
  }

  progress(): AggregateProgress {
    const bytesTotal = this.#dataset.version.size;
    let kib = 0;
    for (let word = FIRST_PROGRESS_WORD; word < this.#shared.length; word++) {
      kib += Atomics.load(this.#shared, word);
    }
    return { bytesRead: Math.min(kib * 1024, bytesTotal), bytesTotal };
  }

  async #scan(range: Range, index: number): Promise<RangeOutcome> {
    const { period, skipInvalid } = this.#settings;
    const { fd, version } = this.#dataset;
    const settings = { size: version.size, format: 'array', period, skipInvalid } as const;
    const job: ScanJob = { fd, range, settings, shared: this.#shared, index };
    const answer = await this.#pool.run<ScanJob, RangeOutcome | { kind: 'unreadable'; reason: string }>(
      'scanRange',
      job,
    );
    if (answer.kind === 'unreadable') throw dataUnreadable(answer.reason);
    return answer;
  }
}
