import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions, Tx, WhenCommitted } from '../../kernel/tx.js';
import { TASKS_CHANNEL, rowOf } from './create-task.js';
import type { PreparedTask } from './create-task.js';
import type { Task, TaskResult } from './task.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksRepository } from './tasks.repository.js';

export interface CompleteAtOnceDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: TasksRepository;
  owner: string;
  runnerOf: (type: string) => TaskRunner | undefined;
  onEnded: (ended: Task, result: TaskResult) => void;
  /** The transaction failed, perhaps because the type is paused. */
  onRefused: (type: string) => void;
}

/**
 * Adds a task that is done already: created, started and completed by one transaction, with the history, events, result and
 * outgoing answer of any other. Its commit is refused with `tasks.type-paused` where the type is.
 */
export function createCompletionAtOnce(deps: CompleteAtOnceDeps) {
  const { db, repository, owner } = deps;
  return (tx: Tx, { task, keys, done }: Required<PreparedTask>): WhenCommitted => {
    const at = task.createdAt;
    const started: Task = { ...task, state: 'in_work', attempt: 1, startedAt: at };
    const ended: Task = { ...started, state: 'completed', endedAt: Math.max(at, deps.clock.now()) };
    const { result, extra } = done!;
    repository.unlessPaused(tx, task.type);
    repository.insert(tx, rowOf(ended), keys);
    repository.addResult(tx, task.id, result);
    repository.addLife(tx, { created: task, started, ended, owner });
    const told = { task: ended, ending: 'completed', result, errorMessage: null, extra } as const;
    deps.runnerOf(task.type)?.ended?.(tx, told);
    db.nudgeAfter(tx, TASKS_CHANNEL);
    return (committed) => {
      if (!committed) return deps.onRefused(task.type);
      deps.onEnded(ended, result);
      const fields = { task_id: task.id, attempt: 1, request_id: task.requestId, task: task.type };
      deps.log.info({ ...fields, outcome: 'completed' }, 'attempt ended');
    };
  };
}
