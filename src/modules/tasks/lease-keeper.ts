import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions } from '../../kernel/tx.js';
import { periodically } from '../../kernel/periodic.js';
import type { RunningAttempts } from './running-attempts.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { TasksQueries } from './tasks.queries.js';
import type { TasksRepository } from './tasks.repository.js';

export interface LeaseKeeperDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: TasksRepository;
  queries: TasksQueries;
  /** Whether other replicas may work on the same ledger. */
  shared: boolean;
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
  let again = false;

  async function renew(): Promise<void> {
    const before = deps.running.ids().map((id) => ({ id, attempt: deps.running.attemptOf(id) }));
    if (before.length === 0) return;
    const ids = before.map(({ id }) => id);
    const tx = deps.db.begin();
    const ref = deps.repository.renew(tx, deps.owner, ids, deps.clock.now() + deps.leaseMs);
    const held = new Map((await deps.db.commit(tx)).rows(ref).map((row) => [row.id, row]));
    for (const { id, attempt } of before) {
      // A later attempt may have been started here meanwhile: of that one, this says nothing.
      if (deps.running.attemptOf(id) !== attempt) continue;
      const row = held.get(id);
      if (row?.attempt !== attempt) deps.running.interrupt(id, 'lease-lost');
      else if (row?.cancel_requested) deps.running.interrupt(id, 'cancelled');
    }
  }

  /** Another replica may have asked for a cancel: one look at a time, on each nudge. */
  async function lookForCancels(): Promise<void> {
    again = true;
    if (looking) return;
    looking = true;
    try {
      while (again && deps.running.ids().length > 0) {
        again = false;
        const ids = await deps.queries.cancelRequested(deps.owner);
        for (const id of ids) deps.running.interrupt(id, 'cancelled');
      }
    } catch {
      // The next renewal sees the flag too.
    } finally {
      looking = false;
    }
  }

  return {
    start(): void {
      renewal.start();
      if (deps.shared) {
        unsubscribe = deps.db.onNudge(TASKS_CHANNEL, () => void lookForCancels());
      }
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      await renewal.stop();
    },
  };
}
