import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { ExtentJob } from '../modules/reports/scan/range-jobs.js';
import { SAMPLE_BYTES, samplesOf } from '../modules/reports/scan/samples.js';

/** A hash over samples of the first `end` bytes of an open file; null where they cannot be read. */
export function hashExtent({ fd, end }: ExtentJob): string | null {
  const hash = createHash('sha256').update(`${end}:`);
  const block = new Uint8Array(SAMPLE_BYTES);
  try {
    for (const { position, length } of samplesOf(end)) {
      if (readSync(fd, block, 0, length, position) !== length) return null;
      hash.update(block.subarray(0, length));
    }
  } catch {
    return null;
  }
  return hash.digest('base64');
}
