import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { DelayedRepository } from './delayed.repository.js';

const EVERY_MS = 500;
const BATCH = 200;

/** Puts tasks among the runnable when their time has come: a claim never looks at those that still have to wait. */
export function createDelayedTasks(deps: { clock: Clock; log: Logger; repository: DelayedRepository }) {
  const { clock, log, repository } = deps;
  return periodically({ clock, log, everyMs: EVERY_MS, what: 'waking delayed tasks' }, async () => {
    while (await repository.anyDue(clock.now())) {
      if ((await repository.release(clock.now(), BATCH)) < BATCH) return;
    }
  });
}
