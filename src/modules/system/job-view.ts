import { toRfc3339 } from '../../kernel/clock.js';
import type { JobState } from '../../kernel/job-state.js';

/** A job that runs at times of the clock. */
export interface JobOut {
  name: string;
  /** Seconds first, UTC. */
  cron: string;
  /** `each-replica`: shown as it is at the replica that answers. */
  on: 'one-replica' | 'each-replica';
  next_at: string | null;
  /** When the run that goes on began. */
  running_since: string | null;
  last_started_at: string | null;
  last_ended_at: string | null;
  last_result: string | null;
  /** Null where the last run went well. */
  last_error: string | null;
  runs: number;
  failures: number;
  /** Times that passed without a run. */
  misfires: number;
}

export function jobView(job: JobState): JobOut {
  return {
    ...{ name: job.name, cron: job.cron, on: job.on },
    next_at: timeOf(job.nextAt),
    running_since: timeOf(job.runningSince),
    last_started_at: timeOf(job.lastStartedAt),
    last_ended_at: timeOf(job.lastEndedAt),
    last_result: job.lastResult,
    last_error: job.lastError,
    ...{ runs: job.runs, failures: job.failures, misfires: job.misfires },
  };
}

function timeOf(epochMs: number | null): string | null {
  return epochMs === null ? null : toRfc3339(epochMs);
}
