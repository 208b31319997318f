import type { Clock } from '../../../kernel/clock.js';
import type { NewEvent } from '../../../kernel/event.js';
import type { Logger } from '../../../kernel/logger.js';
import { periodically } from '../../../kernel/periodic.js';
import { MOST_OPEN, endedIn } from './batch.js';
import { batchProgress, batchSubject } from './batch-events.js';
import type { BatchesRepository } from './batches.repository.js';

export interface BatchProgressDeps {
  clock: Clock;
  log: Logger;
  batches: Pick<BatchesRepository, 'open'>;
  /** Whether anybody on this replica would hear an event of the subject. */
  isWatched: (subject: string) => boolean;
  tell: (event: NewEvent) => void;
}

const EVERY_MS = 1_000;

/** Tells whoever watches on this replica how far batches are, as the leader's counts in the database say. */
export function createBatchProgress({ clock, log, batches, isWatched, tell }: BatchProgressDeps) {
  /** By batch that is open: how much of it had been done when it was told last. */
  let told = new Map<string, number>();

  async function look(): Promise<void> {
    const open = await batches.open(MOST_OPEN);
    const before = told;
    told = new Map(open.map(({ id, counts }) => [id, endedIn(counts) + counts.running / 1_000]));
    for (const batch of open) {
      const isNews = before.has(batch.id) && before.get(batch.id) !== told.get(batch.id);
      if (isNews && isWatched(batchSubject(batch))) tell(batchProgress(batch, clock.now()));
    }
  }

  return periodically({ clock, log, everyMs: EVERY_MS, what: 'looking how far batches are' }, look);
}
