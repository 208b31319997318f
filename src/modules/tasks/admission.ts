import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { TasksQueries } from './tasks.queries.js';

const RECOUNT_MS = 1_000;

/**
 * Refuses new work while too much is waiting already. What is admitted counts at once, what other replicas
 * add and what has been started since shows with the next count: within a second, or on a refusal.
 */
export function createAdmission(deps: { clock: Clock; log: Logger; queries: TasksQueries; limit: number }) {
  let waiting = 0;
  let admitted = 0;
  let closed = false;
  let counting: Promise<void> | undefined;
  const { clock, log, limit } = deps;
  const recount = periodically(
    { clock, log, everyMs: RECOUNT_MS, what: 'counting waiting tasks' },
    countOnce,
  );

  function countOnce(): Promise<void> {
    return (counting ??= count().finally(() => (counting = undefined)));
  }

  async function count(): Promise<void> {
    const before = admitted;
    waiting = await deps.queries.countWaiting(limit + 1);
    admitted -= before;
  }

  return {
    async start(): Promise<void> {
      // Where the database is away now, the next count makes up for it.
      await countOnce().catch(() => undefined);
      recount.start();
    },
    async stop(): Promise<void> {
      await recount.stop();
      await counting?.catch(() => undefined);
    },
    /** Admits nothing any more. */
    close(): void {
      closed = true;
    },
    /** By the last count. */
    waiting: () => waiting,
    /** Throws `tasks.too-many-waiting` (unavailable, with a time to come back). */
    admit: (): void => {
      if (closed) throw stopping();
      if (waiting + admitted < limit) {
        admitted++;
        return;
      }
      void countOnce().catch(() => undefined);
      throw new AppError(`${limit} tasks are waiting; try again later`, {
        code: 'tasks.too-many-waiting',
        kind: 'unavailable',
        retryAfterS: 5,
      });
    },
  };
}

function stopping(): AppError {
  return new AppError('The service is stopping', {
    code: 'tasks.stopping',
    kind: 'unavailable',
    retryAfterS: 5,
  });
}
