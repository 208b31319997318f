import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database } from '../../platform/db/database.js';
import { periodically } from '../../kernel/periodic.js';
import type { RunningAttempts } from './running-attempts.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { TasksQueries } from './tasks.queries.js';
import type { TasksRepository } from './tasks.repository.js';

export interface LeaseKeeperDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  repository: TasksRepository;
  queries: TasksQueries;
  running: RunningAttempts;
  owner: string;
  leaseMs: number;
}

/** Renews the leases of what runs here, and hears of cancels and takeovers that happened elsewhere. */
export function createLeaseKeeper(deps: LeaseKeeperDeps) {
  const options = { clock: deps.clock, log: deps.log, everyMs: deps.leaseMs / 4, what: 'renewing leases' };
  const renewal = periodically(options, renew);
  let unsubscribe: (() => void) | undefined;
  let looking = false;

  async function renew(): Promise<void> {
    const before = deps.running.ids();
    if (before.length === 0) return;
    const tx = deps.db.begin();
    const ref = deps.repository.renew(tx, deps.owner, deps.clock.now() + deps.leaseMs);
    const held = new Map((await deps.db.commit(tx)).rows(ref).map((row) => [row.id, row]));
    for (const id of before) {
      const row = held.get(id);
      const attempt = deps.running.attemptOf(id);
      if (attempt !== undefined && row?.attempt !== attempt) deps.running.interrupt(id, 'lease-lost');
      else if (row?.cancel_requested) deps.running.interrupt(id, 'cancelled');
    }
  }

  /** Another replica may have asked for a cancel: one look at a time, on each nudge. */
  async function lookForCancels(): Promise<void> {
    if (looking || deps.running.ids().length === 0) return;
    looking = true;
    try {
      for (const id of await deps.queries.cancelRequested(deps.owner))
        deps.running.interrupt(id, 'cancelled');
    } catch {
      // The next renewal sees the flag too.
    } finally {
      looking = false;
    }
  }

  return {
    start(): void {
      renewal.start();
      if (deps.db.dialect === 'postgres') {
        unsubscribe = deps.db.onNudge(TASKS_CHANNEL, () => void lookForCancels());
      }
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      await renewal.stop();
    },
  };
}
