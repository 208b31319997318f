import { sql } from 'kysely';
import type { Tx } from '../../../kernel/tx.js';
import type { Database, StatementRef } from '../../../platform/db/database.js';
import type { EquipmentSchema, JobRow } from '../equipment.schema.js';
import { JOBS_CHANNEL } from './job.js';
import type { ClaimedJob, DroppedJob, Job, SilentJob } from './job.js';

/** Why a write about a job was refused: somebody else was faster. */
export const JOB_MOVED = 'equipment.job-moved';

export interface ClaimJobs {
  limit: number;
  now: number;
  owner: string;
  /** Beside each job's own time. */
  marginMs: number;
}

export type JobsRepository = ReturnType<typeof createJobsRepository>;

/** The configurator's jobs. One row of a device at a time is `sent` or `held`: an index over them allows no second. */
export function createJobsRepository(db: Database) {
  const schema = db.schema<EquipmentSchema>();
  const jobs = () => schema.updateTable('equipment_jobs');

  return {
    /** A second message of the same task adds nothing. */
    add(tx: Tx, job: Job, now: number): void {
      const row = {
        ...{ task_id: job.taskId, equipment_id: job.equipmentId, state: 'waiting' as const },
        ...{ request: job.request, timeout_s: job.timeoutInSeconds, expires_at: job.expiresAt },
        ...{ not_before: now, failures: 0, sent_at: null, busy_until: null, owner: null },
        traceparent: job.traceparent,
      };
      const insert = schema.insertInto('equipment_jobs').values(row);
      db.add(
        tx,
        insert.onConflict((conflict) => conflict.column('task_id').doNothing()),
      );
      db.nudgeAfter(tx, JOBS_CHANNEL);
    },

    /** Forgets devices that have had their time. */
    release(tx: Tx, now: number): void {
      const held = schema.deleteFrom('equipment_jobs').where('state', '=', 'held');
      db.add(tx, held.where('busy_until', '<=', now));
    },

    /** Marks the next jobs as sent, which is stored before anything is: the oldest of each device that is not at work. */
    claim(tx: Tx, { limit, now, owner, marginMs }: ClaimJobs): StatementRef<JobRow> {
      const lock = db.dialect === 'postgres' ? sql`for update skip locked` : sql``;
      return db.add<JobRow>(
        tx,
        sql<JobRow>`with picked as materialized (
            select id from equipment_jobs j
            where state = 'waiting' and not_before <= ${now} and (expires_at is null or expires_at > ${now})
              and not exists (select 1 from equipment_jobs b
                where b.equipment_id = j.equipment_id and b.state in ('sent', 'held'))
              and not exists (select 1 from equipment_jobs e
                where e.equipment_id = j.equipment_id and e.state = 'waiting' and e.id < j.id)
              and not exists (select 1 from equipment_supersedes s
                where s.equipment_id = j.equipment_id and s.task_id > j.task_id)
            order by id limit ${limit} ${lock})
          update equipment_jobs set state = 'sent', sent_at = ${now}, owner = ${owner},
            busy_until = ${now} + timeout_s * 1000 + ${marginMs}
          where id in (select id from picked) returning *`.compile(schema),
      );
    },

    claimed: (row: JobRow): ClaimedJob => ({
      ...dropped(row),
      request: row.request ?? '',
      timeoutInSeconds: row.timeout_s,
      expiresAt: row.expires_at,
      failures: row.failures,
      busyUntil: row.busy_until ?? 0,
    }),

    /** A call has ended: the job is gone, or holds its device until the call's time has passed. */
    end(tx: Tx, { taskId }: DroppedJob, holds: boolean): void {
      const expected = { rows: 1, otherwise: JOB_MOVED };
      const gone = schema.deleteFrom('equipment_jobs').where('task_id', '=', taskId);
      const held = jobs().set({ state: 'held', request: null, owner: null }).where('task_id', '=', taskId);
      if (holds) db.add(tx, held.where('state', '=', 'sent'), expected);
      else db.add(tx, gone.where('state', '=', 'sent'), expected);
      db.nudgeAfter(tx, JOBS_CHANNEL);
    },

    /** A call has not reached the service. */
    putBack(tx: Tx, { taskId }: DroppedJob, change: { notBefore: number; failures: number }): void {
      const waiting = { state: 'waiting' as const, sent_at: null, busy_until: null, owner: null };
      const update = jobs()
        .set({ ...waiting, not_before: change.notBefore, failures: change.failures })
        .where('task_id', '=', taskId)
        .where('state', '=', 'sent');
      db.add(tx, update, { rows: 1, otherwise: JOB_MOVED });
    },

    /** What has not been sent goes. */
    drop(tx: Tx, { taskId }: DroppedJob): void {
      const waiting = schema.deleteFrom('equipment_jobs').where('task_id', '=', taskId);
      db.add(tx, waiting.where('state', '=', 'waiting'), { rows: 1, otherwise: JOB_MOVED });
    },

    /** The same, where there is something. */
    forget(tx: Tx, taskId: string): void {
      const waiting = schema.deleteFrom('equipment_jobs').where('task_id', '=', taskId);
      db.add(tx, waiting.where('state', '=', 'waiting'));
    },

    /** The service is there again: nothing waits out a pause that was made while it was not. */
    hasten(tx: Tx, now: number): void {
      db.add(
        tx,
        jobs().set({ not_before: now }).where('state', '=', 'waiting').where('not_before', '>', now),
      );
    },

    /** Waiting jobs that must not be sent any more. */
    async expired(now: number, limit: number): Promise<DroppedJob[]> {
      const { rows } = await sql<JobRow>`select * from equipment_jobs
        where state = 'waiting' and expires_at is not null and expires_at <= ${now} limit ${limit}`.execute(
        schema,
      );
      return rows.map(dropped);
    },

    async superseded(limit: number): Promise<DroppedJob[]> {
      const { rows } = await sql<JobRow>`select j.* from equipment_supersedes s
        join equipment_jobs j on j.equipment_id = s.equipment_id and j.task_id < s.task_id
        where j.state = 'waiting' limit ${limit}`.execute(schema);
      return rows.map(dropped);
    },

    /** Calls of which nothing was heard by the end of their time, or all that are not `owner`'s. */
    async lost(before: number, limit: number, notOwner?: string): Promise<SilentJob[]> {
      const which =
        notOwner === undefined ? sql`busy_until <= ${before}` : sql`(owner is null or owner <> ${notOwner})`;
      const { rows } = await sql<JobRow>`select * from equipment_jobs
        where state in ('sent', 'held') and state = 'sent' and ${which} limit ${limit}`.execute(schema);
      return rows.map((row) => ({ ...dropped(row), owner: row.owner, failures: row.failures }));
    },

    /** Waiting jobs, oldest first. */
    async waiting(limit: number): Promise<Job[]> {
      const { rows } = await sql<JobRow>`select * from equipment_jobs
        where state = 'waiting' order by id limit ${limit}`.execute(schema);
      return rows.map((row) => ({
        ...dropped(row),
        ...{ request: row.request ?? '', timeoutInSeconds: row.timeout_s, expiresAt: row.expires_at },
      }));
    },

    async countWaiting(most: number): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*) as count from
        (select id from equipment_jobs where state = 'waiting' limit ${most}) as some`.execute(schema);
      return rows[0]?.count ?? 0;
    },
  };
}

function dropped(row: JobRow): DroppedJob {
  return { taskId: row.task_id, equipmentId: row.equipment_id, traceparent: row.traceparent };
}
