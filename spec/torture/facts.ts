import type { HistoryView, TaskView } from '../support/rest-client.js';
import type { Job } from './job.js';
import type { Found } from './queue-port.js';

/** A task as its row says. */
export interface TaskFact {
  id: string;
  state: string;
  attempt: number;
  correlation_id: string | null;
  source: string;
  owner: string | null;
  ended_at: number | null;
}

/** What REST says of a task. */
export interface ShownTask {
  view: TaskView;
  history: HistoryView[];
  /** Of a completed one. */
  report?: string;
}

export interface EventFact {
  position: number | null;
  type: string;
  subject: string;
  data: string;
}

export interface DeadLetterFact {
  kind: string;
  source: string;
  reason: string;
  /** JSON of its message id and the like. */
  properties: string | null;
}

/** All that is known after a run: what was handed in, and what became of it. */
export interface Facts {
  jobs: readonly Job[];
  /** Task ids that clients were told, by Idempotency-Key. */
  accepted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Message ids that are known to have arrived. */
  arrived: ReadonlySet<string>;
  /** What processes and clients saw that must not be. */
  faults: readonly string[];
  shown: ReadonlyMap<string, ShownTask>;
  tasks: readonly TaskFact[];
  /** Ids of tasks that a result is stored for. */
  results: readonly string[];
  events: readonly EventFact[];
  /** Messages that wait to be sent. */
  outbox: number;
  deadLetters: readonly DeadLetterFact[];
  /** Messages left in `task_report`. */
  edgeQueue: number;
  answers: readonly Found[];
  /** Null where there is no such queue: the embedded broker has none. */
  deadMessages: readonly Found[] | null;
  /** What a report says of each phone. */
  expected: ReadonlyMap<number, unknown>;
}

/** A check, how many things it looked at, and what it found wrong, each in one line. */
export interface CheckResult {
  check: string;
  looked: number;
  wrong: string[];
}
