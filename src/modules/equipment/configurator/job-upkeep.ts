import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import { periodically } from '../../../kernel/periodic.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { DroppedJob } from './job.js';
import type { JobEndings } from './job-endings.js';
import type { JobsRepository } from './jobs.repository.js';
import { answered, lost } from './provisioning-answer.js';

export interface JobUpkeepDeps {
  clock: Clock;
  log: Logger;
  jobs: JobsRepository;
  endings: JobEndings;
  /** Whether this process is at work on it. */
  isInFlight: (taskId: string) => boolean;
  owner: string;
}

const EVERY_MS = 1_000;
const BATCH = 100;
/** For an outcome that is being written when the call's time is over. */
const GRACE_MS = 5_000;

/** Ends jobs that must not be sent any more, and those whose caller died. */
export function createJobUpkeep({ clock, log, jobs, endings, isInFlight, owner }: JobUpkeepDeps) {
  const job = periodically({ clock, log, everyMs: EVERY_MS, what: 'looking after jobs' }, look);

  async function look(): Promise<void> {
    await endAll(
      () => jobs.expired(clock.now(), BATCH),
      (one) => endings.drop(one, EXPIRED),
    );
    await endAll(
      () => jobs.superseded(BATCH),
      (one) => endings.drop(one, SUPERSEDED),
    );
    const silent = await jobs.lost(clock.now() - GRACE_MS, BATCH);
    for (const one of silent.filter(({ taskId }) => !isInFlight(taskId))) {
      // Marked by a commit of which this process heard nothing: then it has sent nothing.
      const isOurs = one.owner === owner;
      await unlessMoved(() => (isOurs ? endings.putBack(one, 0) : endings.lose(one, lost())));
    }
  }

  async function endAll(find: () => Promise<DroppedJob[]>, end: (one: DroppedJob) => Promise<void>) {
    for (;;) {
      const found = await find();
      await Promise.all(found.map((one) => unlessMoved(() => end(one))));
      if (found.length < BATCH) return;
    }
  }

  return {
    start: () => job.start(),
    stop: () => job.stop(),
    /** Where no other process can be alive (SQLite): calls of the one before were broken off by its end. */
    takeOverAll: () =>
      endAll(
        () => jobs.lost(0, BATCH, owner),
        (one) => endings.lose(one, lost()),
      ),
  };
}

const EXPIRED = answered(500, 'expired', 'The task expired before it was sent to the device');
const SUPERSEDED = answered(500, 'superseded', 'A newer task for the same equipment replaced it');

async function unlessMoved(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof TxConflict)) throw error;
  }
}
