import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { TasksQueries } from './tasks.queries.js';

const RECOUNT_MS = 1_000;

/** Refuses new work while too much is waiting already. The count is at most a second old. */
export function createAdmission(deps: { clock: Clock; log: Logger; queries: TasksQueries; limit: number }) {
  let waiting = 0;
  const everyMs = RECOUNT_MS;
  const recount = periodically(
    { clock: deps.clock, log: deps.log, everyMs, what: 'counting waiting tasks' },
    async () => {
      waiting = await deps.queries.countWaiting(deps.limit + 1);
    },
  );
  return {
    start: () => recount.start(),
    stop: () => recount.stop(),
    waiting: () => waiting,
    /** Throws `tasks.too-many-waiting` (unavailable, with a time to come back). */
    admit(): void {
      if (waiting < deps.limit) return;
      throw new AppError(`More than ${deps.limit} tasks are waiting; try again later`, {
        code: 'tasks.too-many-waiting',
        kind: 'unavailable',
        retryAfterS: 5,
      });
    },
  };
}
