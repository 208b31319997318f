import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions } from '../../kernel/tx.js';
import type { RunningAttempts } from './running-attempts.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksRepository } from './tasks.repository.js';

/** Looks by itself this often, for retries that fall due and work from other replicas. */
const POLL_MS = 500;
const MOST_CLAIMED_AT_ONCE = 64;
/** After so many tasks by priority comes one of the lowest priority that waits, so that none waits for ever. */
const STARTED_BETWEEN_TURNS = 15;

export interface DispatcherDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: TasksRepository;
  running: RunningAttempts;
  runners: readonly TaskRunner[];
  owner: string;
  leaseMs: number;
}

/** Takes the next runnable tasks of each type, as far as its concurrency goes, and has them run. */
export function createDispatcher(deps: DispatcherDeps) {
  const startedSinceTurn = new Map<string, number>();
  let active = false;
  let claiming: Promise<void> | undefined;
  let again = false;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;

  async function claimAll(): Promise<void> {
    // Not at once: slots that come free together are filled by one claim.
    await Promise.resolve();
    do {
      again = false;
      const claimed = await Promise.all(deps.runners.map(tryClaimFor));
      if (claimed.includes(true)) again = true;
    } while (again && active);
    // In the turn of the last look at `again`, or a wake in between would be lost.
    claiming = undefined;
  }

  /** Never rejects: one claim must not outlive the others. */
  async function tryClaimFor(runner: TaskRunner): Promise<boolean> {
    try {
      return await claimFor(runner);
    } catch (error) {
      deps.log.warn({ error: messageOf(error), task: runner.type }, 'no tasks could be taken; trying again');
      return false;
    }
  }

  /** True when there may be more that could start right now. */
  async function claimFor(runner: TaskRunner): Promise<boolean> {
    const free = Math.min(runner.concurrency - deps.running.count(runner.type), MOST_CLAIMED_AT_ONCE);
    if (free <= 0) return false;
    const started = startedSinceTurn.get(runner.type) ?? 0;
    const ofLowest = started >= STARTED_BETWEEN_TURNS;
    const limit = ofLowest ? 1 : free;
    const now = deps.clock.now();
    const tx = deps.db.begin();
    const claim: Uuid = newUuid(now);
    const { owner, leaseMs } = deps;
    const ref = deps.repository.claim(tx, {
      type: runner.type,
      limit,
      ofLowest,
      now,
      owner,
      claim,
      leaseUntil: now + leaseMs,
    });
    const tasks = (await deps.db.commit(tx)).rows(ref).map(deps.repository.taskOf);
    startedSinceTurn.set(runner.type, ofLowest ? 0 : started + tasks.length);
    if (tasks.length === 0) return ofLowest;
    tasks.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
    for (const task of tasks) deps.running.start(task, runner);
    return tasks.length === limit;
  }

  function wake(): void {
    if (!active) return;
    again = true;
    claiming ??= claimAll();
  }

  function poll(): void {
    wake();
    timer = deps.clock.after(POLL_MS, poll);
  }

  return {
    /** Looks for work now. */
    wake,
    start(): void {
      if (active) return;
      active = true;
      unsubscribe = deps.db.onNudge(TASKS_CHANNEL, wake);
      poll();
    },
    /** Takes no more tasks. */
    async stop(): Promise<void> {
      active = false;
      timer?.cancel();
      unsubscribe?.();
      await claiming;
    },
  };
}
