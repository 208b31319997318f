import { readSync } from 'node:fs';
import type { RangeOutcome } from '../modules/reports/scan/range.js';
import { CANCEL_WORD, FIRST_PROGRESS_WORD } from '../modules/reports/scan/range-jobs.js';
import type { ScanJob } from '../modules/reports/scan/range-jobs.js';
import { scanRange as scan } from '../modules/reports/scan/scan-range.js';
import type { ScanInput } from '../modules/reports/scan/scan-range.js';
import { handOn } from '../modules/reports/scan/split-rows.js';
import { give } from './give.js';
import { laneOfThread } from './lane-of-thread.js';

export type ScanAnswer = RangeOutcome | { kind: 'unreadable'; reason: string };

/** Scans one range of an open file. A reading error is an answer too. */
export function scanRange(job: ScanJob): ScanAnswer {
  try {
    const outcome = scan(job.range, job.settings, fileInput(job), laneOfThread());
    if (outcome.kind !== 'read') return outcome;
    const tables = handOn(outcome.tables);
    return give(
      { ...outcome, tables },
      tables.map((rows) => rows.buffer),
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return { kind: 'unreadable', reason: code };
  }
}

function fileInput({ fd, shared, index }: ScanJob): ScanInput {
  return {
    read: (into, length, position) => readSync(fd, into, 0, length, position),
    cancelled: () => Atomics.load(shared, CANCEL_WORD) !== 0,
    progress: (bytes) => void Atomics.store(shared, FIRST_PROGRESS_WORD + index, bytes / 1024),
  };
}
