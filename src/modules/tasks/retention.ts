import type { Clock } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { RetentionRepository } from './retention.repository.js';

/** Small, so that nothing waits behind a removal. */
const BATCH = 200;
const EVERY_MS = 60_000;

export interface RetentionDeps {
  repository: RetentionRepository;
  clock: Clock;
  log: Logger;
  events: EventLog;
  /** How long ended tasks, their history and events are kept. */
  keepMs: number;
  idempotencyTtlMs: number;
}

/** Removes what has been kept long enough, in small batches. */
export function createRetention({ repository, clock, log, events, keepMs, idempotencyTtlMs }: RetentionDeps) {
  async function sweep(): Promise<void> {
    const now = clock.now();
    await untilDone(() => repository.removeTasks(now - keepMs, BATCH));
    await untilDone(() => repository.removeIdempotencyKeys(now - idempotencyTtlMs, BATCH));
    await untilDone(() => events.trim(now - keepMs, BATCH));
  }

  return { sweep, ...periodically({ clock, log, everyMs: EVERY_MS, what: 'removing old tasks' }, sweep) };
}

async function untilDone(removeSome: () => Promise<number>): Promise<void> {
  let removed: number;
  do removed = await removeSome();
  while (removed >= BATCH);
}
