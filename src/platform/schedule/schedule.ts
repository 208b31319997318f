import type { JobState } from '../../kernel/job-state.js';
import type { PartState } from '../../kernel/part-state.js';

export type { JobState } from '../../kernel/job-state.js';

/** What a job does with the times at which nobody ran: after a stop of all, or because its last run took too long. */
export type Misfire = 'run-once' | 'skip';

export interface Job {
  /** Unique; letters, digits and dashes. */
  name: string;
  /** Six fields, seconds first, UTC: `0,30 * * * * *` is every half minute. */
  cron: string;
  /** Must end by itself; `signal` aborts when the process stops or another replica leads. The text is shown as the result. */
  run: (signal: AbortSignal) => Promise<string>;
  misfire: Misfire;
  /**
   * `one-replica`: wherever the lock is, and one that was started there is started nowhere else. `each-replica`: for what
   * every process has for itself. Default: `one-replica`.
   */
  on?: 'one-replica' | 'each-replica';
}

/**
 * Jobs at times of the clock, run by one replica of all. A run never overlaps the one before; what was due meanwhile is a
 * misfire. A replica that takes over knows from the database what was due last.
 */
export interface Schedule {
  /** Before `start`. Throws for a name that is there already, and for an expression that is none. */
  add(job: Job): void;
  /** All jobs by name, also where another replica runs them. */
  jobs(): Promise<JobState[]>;
  state(): PartState;
  start(): void;
  /** Resolves when what runs has ended. */
  stop(): Promise<void>;
}
