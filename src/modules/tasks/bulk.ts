import type { TraceContext } from '../../kernel/trace.js';
import type { Uuid } from '../../kernel/ids.js';
import type { TaskFilter } from './task-filter.js';

/** `index-errors` puts tasks that failed before errors could be searched under the words of their errors. */
export type BulkAction = 'retry' | 'cancel' | 'index-errors';

/** One act on many tasks, done in small steps: it is stored, and goes on after a restart where it was. */
export interface Bulk {
  id: Uuid;
  action: BulkAction;
  /** With `before`: later tasks are none of its business. */
  filter: TaskFilter;
  createdAt: number;
  createdBy: string;
  trace: TraceContext;
  /** Tasks that matched when it was asked for. */
  matched: number;
  /** Tasks it was done to. */
  done: number;
  /** Tasks that could not be done, as others were faster or their type does not allow it. */
  skipped: number;
  /** Everything from this id on has been seen to. */
  position: Uuid;
  endedAt: number | null;
}
