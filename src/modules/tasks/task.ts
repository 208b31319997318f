import type { Uuid } from '../../kernel/ids.js';

/** Internal and external name alike. `pending` includes waiting for a retry. */
export type TaskState = 'pending' | 'in_work' | 'completed' | 'error' | 'cancelled';

export const TASK_STATES: readonly TaskState[] = ['pending', 'in_work', 'completed', 'error', 'cancelled'];

/** How a task ended, for good. */
export type Ending = 'completed' | 'error' | 'cancelled';

/** Higher goes first. */
export const PRIORITIES = { low: 2, normal: 5, high: 8 } as const;
export type Priority = keyof typeof PRIORITIES;

export interface Task {
  id: Uuid;
  /** Who does it: the runner's type, and `task_name` outside. */
  type: string;
  state: TaskState;
  priority: number;
  /** Tasks of one lane are done one at a time, in order of arrival. */
  lane: string | null;
  createdAt: number;
  notBefore: number;
  /** Not started any more from then on. */
  expiresAt: number | null;
  /** Ends in error when it has not ended by then. */
  deadlineAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** Counts starts; every write about an attempt must match it. */
  attempt: number;
  /** Attempts that failed and may be tried again. */
  failures: number;
  /** Attempts that were lost with their process: the first one anyhow, later ones where their work had begun. */
  lapses: number;
  /** In work, and known to be past whatever it waited for; written down only of tasks that have lapsed before. */
  hasBegun: boolean;
  cancelRequested: boolean;
  /** In work, but handed over: no process holds it, and it ends by what comes back, its deadline or a cancel. */
  isElsewhere: boolean;
  /** JSON text, the runner's own. */
  payload: string;
  /** Raw JSON token, as it came. */
  correlationId: string | null;
  source: TaskSource;
  createdBy: string;
  retryOf: Uuid | null;
  errorCode: string | null;
  errorMessage: string | null;
  requestId: string;
  traceparent: string;
}

/** A task as lists have it: without its payload, which may be large. */
export type ListedTask = Omit<Task, 'payload'>;

export const TASK_SOURCES = ['rest', 'queue'] as const;
export type TaskSource = (typeof TASK_SOURCES)[number];

export function hasEnded(state: TaskState): state is Ending {
  return state === 'completed' || state === 'error' || state === 'cancelled';
}

/** What a result is stored as: serialised once, by whoever made it. */
export interface TaskResult {
  contentType: string;
  body: string;
}
