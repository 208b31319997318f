import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Database, Leadership } from '../db/database.js';
import { isCron, nextTime } from './cron.js';
import { createJobNotes, createJobRows, newRow } from './job-rows.js';
import { JobRunner } from './job-runner.js';
import type { Job, JobState, Schedule } from './schedule.js';
import type { JobRow } from './schedule.migrations.js';

export interface ScheduleOptions {
  db: Database;
  clock: Clock;
  log: Logger;
}

/** The schedule over the database's lock: the replica that holds it runs the jobs that one replica runs for all. */
export function createSchedule({ db, clock, log }: ScheduleOptions): Schedule {
  const rows = createJobRows(db);
  const notes = createJobNotes();
  const shared: JobRunner[] = [];
  const own: JobRunner[] = [];
  let leadership: Leadership | undefined;

  function add(job: Job): void {
    if (!isCron(job.cron)) throw new Error(`the job ${job.name} needs a cron expression with seconds`);
    if ([...shared, ...own].some((runner) => runner.job.name === job.name)) {
      throw new Error(`there is a job ${job.name} already`);
    }
    const isShared = job.on !== 'each-replica';
    (isShared ? shared : own).push(new JobRunner({ clock, log, book: isShared ? rows : notes }, job));
  }

  async function jobs(): Promise<JobState[]> {
    const known = new Map([...(await rows.all()), ...notes.all()].map((row) => [row.name, row]));
    const runners = [...shared, ...own];
    return runners
      .map(({ job }) => stateOf(job, known.get(job.name), clock.now()))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  const stopAll = async (runners: readonly JobRunner[]): Promise<void> => {
    await Promise.all(runners.map((runner) => runner.stop()));
  };

  return {
    add,
    jobs,
    state: (): PartState =>
      leadership
        ? { status: 'ok', detail: leadership.isLeader() ? 'runs the jobs' : 'another replica runs the jobs' }
        : { status: 'starting' },
    start() {
      if (leadership) return;
      for (const runner of own) runner.start();
      leadership = db.lead('schedule', {
        start: () => shared.forEach((runner) => runner.start()),
        stop: () => stopAll(shared),
      });
    },
    async stop() {
      await leadership?.stop();
      await stopAll([...shared, ...own]);
      leadership = undefined;
    },
  };
}

function stateOf({ name, cron, on = 'one-replica' }: Job, row: JobRow | undefined, now: number): JobState {
  const { due_at, running_since, last_started_at, last_ended_at, last_result, last_error, ...counts } =
    row ?? newRow(name, now);
  return {
    ...{ name, cron, on },
    nextAt: nextTime(cron, Math.max(due_at, now)) ?? null,
    runningSince: running_since,
    lastStartedAt: last_started_at,
    lastEndedAt: last_ended_at,
    lastResult: last_result,
    lastError: last_error,
    ...{ runs: counts.runs, failures: counts.failures, misfires: counts.misfires },
  };
}
