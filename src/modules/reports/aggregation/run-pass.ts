import type { AggregateProgress } from '../aggregate.js';
import type { OpenDataset } from '../dataset.js';
import { aggregationCancelled, dataUnreadable } from '../aggregate-errors.js';
import type { Period } from '../phone-stats.js';
import { CANCEL_WORD, FIRST_PROGRESS_WORD } from '../scan/range-jobs.js';
import type { PackedJob, PackedOutcome, ScanJob, UnpackJob } from '../scan/range-jobs.js';
import type { DataFormat } from '../scan/data-format.js';
import { planRanges } from '../scan/range.js';
import type { Range, RangeOutcome } from '../scan/range.js';
import { scanRanges } from '../scan/scan-ranges.js';
import type { RangesOutcome as WholeOutcome } from '../scan/scan-ranges.js';
import type { Shards } from '../scan/shards.js';
import { extentOf } from './grown-file.js';
import type { EarlierPass, Extent } from './grown-file.js';
import type { JobRunner } from './job-runner.js';
import { MergedSums } from './merged-sums.js';

export interface PassSettings {
  period: Period;
  skipInvalid: boolean;
  signal: AbortSignal;
  /** A pass over the file before it was appended to: what it read is not read again. */
  earlier?: EarlierPass;
}

export type PassOutcome =
  | { kind: 'read'; shards: Shards; skipped: number; extent: Extent | null }
  | { kind: 'damaged'; offset: number; reason: string; unfinished: boolean };

const RANGES_PER_THREAD = 8;
const SMALLEST_RANGE = 1 << 20;
/** Bounds what a range's table may weigh, and how long other jobs wait for a thread: about 50 ms. */
const LARGEST_RANGE = 1 << 24;

type Rows = Float64Array<ArrayBuffer>;

/** One pass over an open file: a plain one on all threads, a packed one on one of them. */
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
    const behind = settings.earlier?.extent.end ?? 0;
    const even = Math.ceil((dataset.version.size - behind) / (pool.threads * RANGES_PER_THREAD));
    const rangeBytes = Math.min(Math.max(even, SMALLEST_RANGE), LARGEST_RANGE);
    this.#ranges = planRanges(dataset.version.size, rangeBytes, behind);
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
      const { container, format } = await this.#dataset.form();
      await this.#takeEarlier();
      const outcome = await (container === 'plain'
        ? this.#scanRanges(format, cancel)
        : this.#scanPacked(container));
      if (outcome.kind === 'cancelled' || signal.aborted) throw aggregationCancelled();
      if (outcome.kind === 'damaged') return outcome;
      return await this.#finish(outcome);
    } finally {
      await this.#sums.settled();
      signal.removeEventListener('abort', cancel);
    }
  }

  async #takeEarlier(): Promise<void> {
    const { earlier } = this.#settings;
    const parts = (await earlier?.parts()) ?? [];
    for (const packed of parts) {
      await this.#sums.accept(await this.#pool.run<UnpackJob, Rows[]>('unpackShards', { packed }));
    }
  }

  async #finish({ skipped, lastEnd }: { skipped: number; lastEnd: number }): Promise<PassOutcome> {
    const { earlier } = this.#settings;
    const end = lastEnd < 0 && earlier ? earlier.extent.end : lastEnd;
    const extent = extentOf(this.#pool, this.#dataset, end);
    // Whatever happens, the file is not closed before it has been sampled.
    const shards = await this.#sums.finish().finally(() => extent.catch(() => undefined));
    return { kind: 'read', shards, skipped: skipped + (earlier?.skipped ?? 0), extent: await extent };
  }

  progress(): AggregateProgress {
    const bytesTotal = this.#dataset.version.size;
    let kib = (this.#settings.earlier?.extent.end ?? 0) / 1024;
    for (let word = FIRST_PROGRESS_WORD; word < this.#shared.length; word++) {
      kib += Atomics.load(this.#shared, word);
    }
    return { bytesRead: Math.min(kib * 1024, bytesTotal), bytesTotal };
  }

  #scanRanges(format: DataFormat, abandon: () => void): Promise<WholeOutcome> {
    return scanRanges({
      ranges: this.#ranges,
      // One more than there are threads, so that none waits for the next.
      concurrency: this.#pool.threads + 1,
      run: (range, index) =>
        this.#job<ScanJob, RangeOutcome>('scanRange', { ...this.#jobBase(format, index), range }),
      accept: (tables) => this.#sums.accept(tables),
      abandon,
    });
  }

  /** Of packed data there is no end that a later pass could begin at. */
  async #scanPacked(container: PackedJob['container']): Promise<WholeOutcome> {
    const job = { ...this.#jobBase('array', 0), container };
    const outcome = await this.#job<PackedJob, PackedOutcome>('scanPacked', job);
    if (outcome.kind !== 'read') return outcome;
    await this.#sums.accept(outcome.tables);
    return { kind: 'read', skipped: outcome.skipped, lastEnd: -1 };
  }

  #jobBase(format: DataFormat, index: number): Omit<ScanJob, 'range'> {
    const { fd, version } = this.#dataset;
    const { period, skipInvalid } = this.#settings;
    return { fd, settings: { size: version.size, format, period, skipInvalid }, shared: this.#shared, index };
  }

  async #job<I, O extends { kind: string }>(name: string, input: I): Promise<O> {
    const answer = await this.#pool.run<I, O | { kind: 'unreadable'; reason: string }>(name, input);
    if (isUnreadable(answer)) throw dataUnreadable(answer.reason);
    return answer;
  }
}

function isUnreadable(answer: { kind: string }): answer is { kind: 'unreadable'; reason: string } {
  return answer.kind === 'unreadable';
}
