import type { Clock } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import { TASKS_CHANNEL } from './create-task.js';
import type { Transactions } from '../../kernel/tx.js';
import { periodically } from '../../kernel/periodic.js';
import type { Logger } from '../../kernel/logger.js';
import type { TasksQueries } from './tasks.queries.js';

const POLL_MS = 1_000;
const ASKED_AT_ONCE = 500;

export interface EndWait {
  waitMs: number;
  signal: AbortSignal | undefined;
  /** Whether this process works on it, and so will tell of its end. */
  runsHere: boolean;
}

/** Lets callers wait for the end of tasks, wherever they run. */
export function createEndWaiting(deps: {
  db: Transactions;
  clock: Clock;
  log: Logger;
  queries: TasksQueries;
  shared: boolean;
}) {
  const waiting = new Map<Uuid, Set<() => void>>();
  const everyMs = POLL_MS;
  const poll = periodically(
    { clock: deps.clock, log: deps.log, everyMs, what: 'looking for ended tasks' },
    look,
  );
  let unsubscribe: (() => void) | undefined;
  let looking = false;
  let again = false;

  /** Tasks that ended on another replica. */
  async function look(): Promise<void> {
    const ids = [...waiting.keys()];
    for (let from = 0; from < ids.length; from += ASKED_AT_ONCE) {
      const some = ids.slice(from, from + ASKED_AT_ONCE);
      for (const id of await deps.queries.endedAmong(some)) ended(id);
    }
  }

  function ended(id: Uuid): void {
    for (const resolve of waiting.get(id) ?? []) resolve();
  }

  /** One look at a time, and one more for what was nudged meanwhile. */
  async function onNudge(): Promise<void> {
    again = true;
    if (looking) return;
    looking = true;
    try {
      while (again && waiting.size > 0) {
        again = false;
        await look();
      }
    } catch {
      // The poll looks again.
    } finally {
      looking = false;
    }
  }

  return {
    ended,
    /** Resolves when the task has ended, `waitMs` have passed or `signal` aborts; the caller looks which. */
    async wait(id: Uuid, { waitMs, signal, runsHere }: EndWait): Promise<void> {
      await new Promise<void>((resolve) => {
        const resolvers = waiting.get(id) ?? new Set();
        waiting.set(id, resolvers);
        const done = (): void => {
          timer.cancel();
          signal?.removeEventListener('abort', done);
          resolvers.delete(done);
          if (resolvers.size === 0) waiting.delete(id);
          resolve();
        };
        const timer = deps.clock.after(waitMs, done);
        resolvers.add(done);
        if (signal?.aborted) return done();
        signal?.addEventListener('abort', done, { once: true });
        if (runsHere) return;
        // It may have ended between its creation and this call.
        void deps.queries.endedAmong([id]).then(
          (ids) => ids.length > 0 && done(),
          () => undefined,
        );
      });
    },
    start(): void {
      poll.start();
      if (deps.shared) unsubscribe = deps.db.onNudge(TASKS_CHANNEL, () => void onNudge());
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      for (const resolvers of [...waiting.values()]) for (const resolve of [...resolvers]) resolve();
      await poll.stop();
    },
  };
}
