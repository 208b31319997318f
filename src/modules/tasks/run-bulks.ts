import type { Timer } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { Tx } from '../../kernel/tx.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Bulk } from './bulk.js';
import type { BulkStep } from './bulks.repository.js';
import type { CancelAnswer } from './cancel-task.js';
import { addRetry } from './retry-task.js';
import type { RetryTaskDeps } from './retry-task.js';
import { errorKeys } from './search-keys.js';
import { BULKS_CHANNEL } from './start-bulk.js';
import type { BulkDeps } from './start-bulk.js';
import type { Task } from './task.js';
import type { TaskPage } from './task-filter.js';

/** Tasks of one transaction: a few milliseconds, and nothing waits behind it for longer. */
const BATCH = 50;
const MOST_OPEN = 10;
const POLL_MS = 1_000;

export interface RunBulksDeps extends BulkDeps, RetryTaskDeps {
  log: Logger;
  cancel: (task: Task, actor: string) => Promise<CancelAnswer>;
  /** Calls `start` where this process is to work the bulks off, `stop` when it no longer is. */
  lead: (duties: { start: () => void; stop: () => Promise<void> }) => { stop: () => Promise<void> };
}

type Counts = Pick<BulkStep, 'done' | 'skipped'>;

/** Works bulks off in turns, on one replica at a time, a batch of each; what is done and how far it is, is one transaction. */
export function createBulkWork(deps: RunBulksDeps) {
  let leading = false;
  let again = false;
  let working: Promise<void> | undefined;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;
  let leadership: { stop: () => Promise<void> } | undefined;

  async function work(): Promise<void> {
    do {
      again = false;
      const open = await deps.bulks.open(MOST_OPEN);
      for (const bulk of open) if (leading && (await tryStep(bulk))) again = true;
    } while (again && leading);
  }

  /** True when it has come on; a bulk that cannot is tried again later, and holds no other one up. */
  async function tryStep(bulk: Bulk): Promise<boolean> {
    try {
      await step(bulk);
      return true;
    } catch (error) {
      if (error instanceof TxConflict) return true;
      deps.log.warn({ bulk: bulk.id, error: messageOf(error) }, 'a bulk cannot go on now; trying again');
      return false;
    }
  }

  async function step(bulk: Bulk): Promise<void> {
    const page = await deps.search.page({ ...bulk.filter, before: bulk.position }, BATCH);
    const tx = deps.db.begin();
    const counts = await act(tx, bulk, page);
    const position = page.next ?? bulk.position;
    const endedAt = page.next === null ? deps.clock.now() : null;
    deps.bulks.move(tx, bulk, { ...counts, position, endedAt });
    await deps.db.commit(tx);
    if (endedAt !== null) deps.log.info({ bulk: bulk.id, action: bulk.action }, 'a bulk is done');
  }

  async function act(tx: Tx, bulk: Bulk, { items }: TaskPage): Promise<Counts> {
    if (items.length === 0) return { done: 0, skipped: 0 };
    if (bulk.action === 'index-errors') return indexErrors(tx, items);
    const tasks = await deps.queries.getMany(items.map(({ id }) => id));
    return bulk.action === 'retry' ? retryAll(tx, bulk, tasks) : cancelAll(bulk, tasks);
  }

  async function retryAll(tx: Tx, bulk: Bulk, tasks: readonly Task[]): Promise<Counts> {
    const retried = await deps.queries.retriedAmong(tasks.map(({ id }) => id));
    const left = tasks.filter(({ id }) => !retried.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const counts = { done: 0, skipped: 0 };
    for (const task of left) {
      deps.admit();
      if (triedAgain(tx, bulk, task)) counts.done++;
      else counts.skipped++;
    }
    return counts;
  }

  /** False where the task's own type does not allow it. */
  function triedAgain(tx: Tx, bulk: Bulk, task: Task): boolean {
    try {
      addRetry(deps, tx, task, { actor: bulk.createdBy, trace: bulk.trace });
      return true;
    } catch (error) {
      if (error instanceof AppError && !error.retryable) return false;
      throw error;
    }
  }

  /** Each in a transaction of its own, as some may end meanwhile. A batch done again finds those cancelled gone. */
  async function cancelAll(bulk: Bulk, tasks: readonly Task[]): Promise<Counts> {
    const done = await Promise.all(tasks.map((task) => cancelled(task, bulk.createdBy)));
    const count = done.filter(Boolean).length;
    return { done: count, skipped: done.length - count };
  }

  async function cancelled(task: Task, actor: string): Promise<boolean> {
    try {
      await deps.cancel(task, actor);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.kind === 'conflict') return false;
      throw error;
    }
  }

  function indexErrors(tx: Tx, items: TaskPage['items']): Counts {
    for (const { id, errorCode, errorMessage } of items) {
      deps.repository.addKeys(tx, id, errorKeys({ code: errorCode, message: errorMessage }));
    }
    return { done: items.length, skipped: 0 };
  }

  function wake(): void {
    again = true;
    if (!leading) return;
    working ??= work()
      .catch((error: unknown) => deps.log.warn({ error: messageOf(error) }, 'bulks could not be read'))
      .finally(() => (working = undefined));
  }

  function poll(): void {
    wake();
    timer = deps.clock.after(POLL_MS, poll);
  }

  async function stopWork(): Promise<void> {
    leading = false;
    timer?.cancel();
    await working;
  }

  return {
    start(): void {
      unsubscribe = deps.db.onNudge(BULKS_CHANNEL, wake);
      leadership ??= deps.lead({
        start: () => {
          leading = true;
          poll();
        },
        stop: stopWork,
      });
    },
    /** Resolves after the batch in hand. */
    async stop(): Promise<void> {
      unsubscribe?.();
      await leadership?.stop();
      leadership = undefined;
    },
  };
}
