/** A job of the schedule, and how it is doing. Of `each-replica` jobs it is this replica's. Times are epoch ms. */
export interface JobState {
  name: string;
  cron: string;
  on: 'one-replica' | 'each-replica';
  nextAt: number | null;
  /** When the run that goes on began. */
  runningSince: number | null;
  lastStartedAt: number | null;
  lastEndedAt: number | null;
  lastResult: string | null;
  /** Null where the last run went well. */
  lastError: string | null;
  runs: number;
  failures: number;
  /** Times that passed without a run. */
  misfires: number;
}
