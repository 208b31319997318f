import type { Uuid } from '../../kernel/ids.js';
import type { ListedTask, Priority, TaskSource, TaskState } from './task.js';

/** What is looked for; all that is there must hold. */
export interface TaskFilter {
  /** Any of them. */
  states?: readonly TaskState[];
  type?: string;
  priority?: Priority;
  source?: TaskSource;
  /** What a task was put under, all of them: `phone:17`, `word:timeout`. */
  keys?: readonly string[];
  /** The text of a string, or the digits of a number. */
  correlationKey?: string;
  /** The task that was done again. */
  retryOf?: Uuid;
  /** Only what a later task does again. */
  retried?: true;
  /** Created in [fromMs, toMs). */
  fromMs?: number;
  toMs?: number;
  /** Only what is older than this task: the paging position. */
  before?: Uuid;
}

/** Tasks newest first. `next`: what may follow is older than this id; null where nothing follows. */
export interface TaskPage {
  /** May be fewer than asked for, even none, while `next` says that there may be more. */
  items: ListedTask[];
  next: Uuid | null;
}
