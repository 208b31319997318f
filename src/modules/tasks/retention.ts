import type { Clock } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { BulksRepository } from './bulks.repository.js';
import type { RetentionRepository } from './retention.repository.js';

/** Small, so that nothing waits long behind a removal: a task has some fifteen rows in all. */
const TASKS_AT_ONCE = 50;
const ROWS_AT_ONCE = 200;
const EVERY_MS = 60_000;

export interface RetentionDeps {
  repository: RetentionRepository;
  bulks: Pick<BulksRepository, 'remove'>;
  clock: Clock;
  log: Logger;
  events: EventLog;
  /** How long ended tasks, their history and events are kept. */
  keepMs: number;
  idempotencyTtlMs: number;
}

/** Removes what has been kept long enough, in small batches. */
export function createRetention(deps: RetentionDeps) {
  const { repository, bulks, clock, log, events, keepMs, idempotencyTtlMs } = deps;
  let stopping = false;

  async function sweep(): Promise<void> {
    const now = clock.now();
    await untilDone(TASKS_AT_ONCE, (limit) => repository.removeTasks(now - keepMs, limit));
    await untilDone(ROWS_AT_ONCE, (limit) => repository.removeIdempotencyKeys(now - idempotencyTtlMs, limit));
    await untilDone(ROWS_AT_ONCE, (limit) => events.trim(now - keepMs, limit));
    await untilDone(ROWS_AT_ONCE, (limit) => bulks.remove(now - keepMs, limit));
  }

  async function untilDone(limit: number, removeSome: (limit: number) => Promise<number>): Promise<void> {
    while (!stopping && (await removeSome(limit)) >= limit);
  }

  const job = periodically({ clock, log, everyMs: EVERY_MS, what: 'removing old tasks' }, sweep);
  return {
    start(): void {
      stopping = false;
      job.start();
    },
    /** Resolves after the batch in hand. */
    stop(): Promise<void> {
      stopping = true;
      return job.stop();
    },
  };
}
