import { AppError } from '../../kernel/errors.js';
import type { Task, TaskResult, TasksApi } from '../tasks/index.js';

/** The stored report of a task. Rejects with `reports.not-ready` or `reports.failed` (conflicts). */
export async function readReport(tasks: TasksApi, task: Task): Promise<TaskResult> {
  if (task.state === 'completed') {
    const result = await tasks.result(task.id);
    if (result) return result;
  }
  if (task.state === 'error') {
    throw new AppError(task.errorMessage ?? 'The task failed', { code: 'reports.failed', kind: 'conflict' });
  }
  if (task.state === 'cancelled') {
    throw new AppError('The task was cancelled', { code: 'reports.cancelled', kind: 'conflict' });
  }
  throw new AppError('Result is not ready', { code: 'reports.not-ready', kind: 'conflict', retryable: true });
}
