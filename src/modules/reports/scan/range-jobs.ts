import type { Container } from './data-format.js';
import type { PhoneTableState } from './phone-table.js';
import type { Range, ScanSettings } from './range.js';
import type { PackedShards, PartOfShards } from './shards.js';

/** The first word of the shared memory of a pass: other than 0 asks its scans to end. */
export const CANCEL_WORD = 0;
/** Behind it one word per range: KiB read of it. */
export const FIRST_PROGRESS_WORD = 1;

/** Input of the job `scanRange`, which gives a `RangeOutcome`. */
export interface ScanJob {
  /** Open for reading in this process, until the job has ended. */
  fd: number;
  range: Range;
  settings: ScanSettings;
  shared: Int32Array<SharedArrayBuffer>;
  /** The range's place in the plan. */
  index: number;
}

/** Input of the job `scanPacked`, which gives a `PackedOutcome` or says that the file is unreadable: the file is read from front to back by one thread. */
export interface PackedJob extends Omit<ScanJob, 'range'> {
  container: Exclude<Container, 'plain'>;
}

export type PackedOutcome =
  | { kind: 'read'; skipped: number; tables: Float64Array<ArrayBuffer>[] }
  | { kind: 'damaged'; offset: number; reason: string; unfinished: boolean }
  | { kind: 'cancelled' };

/** Input of the job `hashExtent`: of an open file, how many bytes from its start count. */
export interface ExtentJob {
  fd: number;
  end: number;
}

/** Input of the job `unpackShards`, which gives the rows as `scanRange` does. */
export interface UnpackJob {
  packed: PackedShards;
}

/** Input of the job `mergeTables`: what was added up so far and rows to add to it. Both are given away. */
export interface MergeJob {
  merged: PhoneTableState | null;
  tables: Float64Array<ArrayBuffer>[];
}

/** Input of the job `splitTables`, which gives a table for each of `PARTS`. The tables are given away. */
export interface SplitJob {
  tables: Float64Array<ArrayBuffer>[];
}

/** Input of the job `packShards`, which gives `PackedShards`. */
export interface PackJob {
  merged: PhoneTableState;
  which: PartOfShards;
}

/** Input of the job `cutShards`, which adds tables up and gives them as `Shards` of one part. */
export interface ShardJob extends MergeJob {
  phonesPerShard: number;
}

/** Input of the job `prime`: every thread waits for the others, so that each takes exactly one. */
export interface PrimeJob {
  arrived: Int32Array<SharedArrayBuffer>;
  threads: number;
}
