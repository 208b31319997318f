import type { Period, PhoneStats } from './phone-stats.js';

export interface AggregateRequest {
  /** Each once, in the order asked for; up to 10,000. */
  phones: readonly number[];
  period: Period;
}

export interface AggregateProgress {
  bytesRead: number;
  bytesTotal: number;
}

export interface AggregateControl {
  signal: AbortSignal;
  /** Called, and awaited, before a pass that this waits for begins. */
  begin?: () => Promise<void> | undefined;
  /** At least every 250 ms while the file is read. */
  onProgress?: (progress: AggregateProgress) => void;
}

export interface Aggregate {
  /** Found phones, in the order asked for. */
  stats: PhoneStats[];
  /** Phones that the data does not hold, in the order asked for. */
  notFound: number[];
  /** Records left out because DATA_INVALID_RECORDS=skip; 0 otherwise. */
  skippedRecords: number;
  /** Names one version of the data file; all stats come from it. */
  version: string;
  /** Whether the file was not read for this answer. */
  cached: boolean;
}

/**
 * Answers from the cache where it holds the current version of the file and this period, else joins or starts
 * the one pass over the file that computes every phone. The pass stops when its last waiter aborts.
 * Rejects with `AppError`: `reports.data-missing`, `reports.data-unreadable`, `reports.data-damaged`
 * (byte offset and reason), `reports.data-changing` (retryable), `reports.cancelled`.
 */
export type AggregateCalls = (request: AggregateRequest, control: AggregateControl) => Promise<Aggregate>;

/**
 * The same answer, where memory holds all of it for the file that stands there now; else undefined, also where that cannot be
 * seen within 100 ms. Never rejects, reads no file, and is meant for a few hundred phones.
 */
export type AggregateAtOnce = (request: AggregateRequest) => Promise<Aggregate | undefined>;
