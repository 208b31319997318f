import { AppError } from '../../kernel/errors.js';
import type { Tx } from '../../kernel/tx.js';
import type { AddTaskEnd } from './end-task.js';
import type { Task } from './task.js';
import type { FinishedElsewhere } from './task-runner.js';

/** Ends a task by what came back of it from where it was handed to. Throws `tasks.not-elsewhere` (conflict). */
export function finishElsewhere(
  addEnd: AddTaskEnd,
  tx: Tx,
  task: Task,
  { outcome, actor }: { outcome: FinishedElsewhere; actor: string },
): void {
  if (!task.isElsewhere) {
    const message = `Only a task that was handed over can be finished from elsewhere; this one is ${task.state}`;
    throw new AppError(message, { code: 'tasks.not-elsewhere', kind: 'conflict' });
  }
  if (outcome.kind === 'failed') {
    const { code, message } = outcome;
    return addEnd(tx, task, { ending: 'error', reason: 'failed elsewhere', actor, error: { code, message } });
  }
  const { result, extra } = outcome;
  addEnd(tx, task, { ending: 'completed', reason: 'completed elsewhere', actor, result, extra });
}
