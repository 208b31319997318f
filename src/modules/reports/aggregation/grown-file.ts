import type { OpenDataset } from '../dataset.js';
import type { ExtentJob } from '../scan/range-jobs.js';
import type { PackedShards } from '../scan/shards.js';
import type { JobRunner } from './job-runner.js';

/**
 * How much of a file a pass has read, so that of a file that was only appended to the rest alone has to be. It ends
 * behind the last record: what follows there (of an array, its closing bracket) is overwritten when one is appended.
 */
export interface Extent {
  /** Device and inode. */
  file: string;
  /** Bytes of the file then. */
  size: number;
  /** Bytes up to the end of the last record. */
  end: number;
  /** Of samples of those. */
  hash: string;
}

/** A pass over an earlier state of the file. */
export interface EarlierPass {
  key: string;
  extent: Extent;
  skipped: number;
  /** Its results are not answered from any longer than this, nor is what is built on them. Epoch ms. */
  expiresAt: number;
  /** Undefined where not all of them are there any more. */
  parts: () => Promise<readonly PackedShards[] | undefined>;
}

/** Whether the file is one that was only appended to since: the same one, larger, with the same samples. */
export async function hasOnlyGrown(pool: JobRunner, dataset: OpenDataset, extent: Extent): Promise<boolean> {
  const { file, size } = dataset.version;
  if (file !== extent.file || size <= extent.size) return false;
  return (await hashOf(pool, dataset, extent.end)) === extent.hash;
}

/** Null where there is nothing that a later pass could build on. */
export async function extentOf(pool: JobRunner, dataset: OpenDataset, end: number): Promise<Extent | null> {
  const { file, size } = dataset.version;
  const hash = end > 0 ? await hashOf(pool, dataset, end) : null;
  return hash === null ? null : { file, size, end, hash };
}

function hashOf(pool: JobRunner, { fd }: OpenDataset, end: number): Promise<string | null> {
  return pool.run<ExtentJob, string | null>('hashExtent', { fd, end });
}
