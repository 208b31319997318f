import { toRfc3339 } from '../../../kernel/clock.js';
import type { Task } from '../../tasks/index.js';
import { batchOf } from '../batches/batch.js';

/** One task of a device. */
export interface DeviceHistoryEntryOut {
  task_id: string;
  task_status: 'pending' | 'in_work' | 'completed' | 'error' | 'cancelled';
  received: string;
  /** When it ended; null while it has not. */
  completed: string | null;
  /** A stable code of what went wrong. */
  error: string | null;
  error_message: string | null;
  /** The token or queue by which it came, or the batch. */
  created_by: string;
  batch_id: string | null;
}

export type HistoryTask = Pick<
  Task,
  'id' | 'state' | 'createdAt' | 'endedAt' | 'errorCode' | 'errorMessage' | 'createdBy'
>;

export function viewOfEntry(task: HistoryTask): DeviceHistoryEntryOut {
  return {
    task_id: task.id,
    task_status: task.state,
    received: toRfc3339(task.createdAt),
    completed: task.endedAt === null ? null : toRfc3339(task.endedAt),
    error: task.errorCode,
    error_message: task.errorMessage,
    created_by: task.createdBy,
    batch_id: batchOf(task.createdBy) ?? null,
  };
}
