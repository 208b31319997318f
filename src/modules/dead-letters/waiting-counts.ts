import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { DeadLettersRepository } from './dead-letters.repository.js';

/** Reasons that are told apart; a metric keeps each label for ever. */
const MOST_REASONS = 30;
const OTHER = 'other';
const EVERY_MS = 10_000;

export interface WaitingCountsDeps {
  repository: Pick<DeadLettersRepository, 'countWaiting'>;
  clock: Clock;
  log: Logger;
  /** Told each reason's count, and 0 once when a reason has no letters any more. */
  onCount: (reason: string, count: number) => void;
}

/** Counts the waiting letters by reason, soon after the start and then every 10 s. */
export function createWaitingCounts({ repository, clock, log, onCount }: WaitingCountsDeps) {
  const known = new Set<string>();

  async function count(): Promise<void> {
    const counts = new Map<string, number>();
    for (const row of await repository.countWaiting(10 * MOST_REASONS)) {
      if (known.size < MOST_REASONS) known.add(row.reason);
      const label = known.has(row.reason) ? row.reason : OTHER;
      counts.set(label, (counts.get(label) ?? 0) + row.count);
    }
    for (const reason of known) onCount(reason, counts.get(reason) ?? 0);
    onCount(OTHER, counts.get(OTHER) ?? 0);
  }

  const job = periodically({ clock, log, everyMs: EVERY_MS, what: 'counting dead letters' }, count);
  return {
    async start(): Promise<void> {
      await count().catch(() => undefined); // counted again soon
      job.start();
    },
    stop: () => job.stop(),
  };
}
