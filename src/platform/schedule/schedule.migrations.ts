import { sql } from 'kysely';
import type { Migration } from '../db/database.js';

export interface ScheduleSchema {
  schedule_jobs: JobRow;
}

/** One row for each job that one replica runs for all. */
export interface JobRow {
  name: string;
  /** The last time that was worked off, or passed over. */
  due_at: number;
  running_since: number | null;
  last_started_at: number | null;
  last_ended_at: number | null;
  last_result: string | null;
  last_error: string | null;
  runs: number;
  failures: number;
  misfires: number;
}

export const scheduleMigrations: readonly Migration[] = [
  {
    id: 'schedule-0001-jobs',
    up: (db, { text, bigint }) => [
      sql
        .raw(
          `create table schedule_jobs (name ${text} primary key, due_at ${bigint} not null, running_since ${bigint},
            last_started_at ${bigint}, last_ended_at ${bigint}, last_result ${text}, last_error ${text},
            runs ${bigint} not null, failures ${bigint} not null, misfires ${bigint} not null)`,
        )
        .compile(db),
    ],
  },
];
