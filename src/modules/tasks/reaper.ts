import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { TxConflict } from '../../kernel/tx.js';
import type { EndTask } from './end-task.js';
import { periodically } from '../../kernel/periodic.js';
import { deadlinePassed, expired } from './settle-attempt.js';
import type { SettleAttempt } from './settle-attempt.js';
import type { Task } from './task.js';
import type { TasksQueries } from './tasks.queries.js';

/** Whole tasks are read, payloads and all. */
const BATCH = 50;

export interface ReaperDeps {
  clock: Clock;
  log: Logger;
  queries: TasksQueries;
  settling: SettleAttempt;
  end: EndTask;
  owner: string;
  everyMs: number;
}

/** Takes back the tasks of dead processes, and ends those that wait or were handed over when their time has passed. */
export function createReaper(deps: ReaperDeps) {
  const job = periodically(
    { clock: deps.clock, log: deps.log, everyMs: deps.everyMs, what: 'reaping tasks' },
    reap,
  );

  async function reap(): Promise<void> {
    await forEach(() => deps.queries.lapsed(deps.clock.now(), BATCH), deps.settling.lapse);
    await forEach(() => deps.queries.overdue(deps.clock.now(), BATCH), endOverdue);
    await forEach(() => deps.queries.overdueElsewhere(deps.clock.now(), BATCH), endOverdue);
  }

  function endOverdue(task: Task): Promise<void> {
    const late = task.deadlineAt <= deps.clock.now();
    return deps.end(task, late ? deadlinePassed(deps.owner) : expired(deps.owner));
  }

  /** Each batch shares its commits; what somebody else was faster with is left alone. */
  async function forEach(find: () => Promise<Task[]>, write: (task: Task) => Promise<void>): Promise<void> {
    for (;;) {
      const tasks = await find();
      await Promise.all(tasks.map((task) => unlessMoved(() => write(task))));
      if (tasks.length < BATCH) return;
    }
  }

  return {
    start: () => job.start(),
    stop: () => job.stop(),
    /** Where no other process can be alive (SQLite): what others left running is taken back at once. */
    takeBackAll: () =>
      forEach(() => deps.queries.lapsed(deps.clock.now(), BATCH, deps.owner), deps.settling.lapse),
  };
}

/** Somebody else was faster: nothing is left to do. */
async function unlessMoved(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof TxConflict)) throw error;
  }
}
