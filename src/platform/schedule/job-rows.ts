import { TxConflict } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { JobRow, ScheduleSchema } from './schedule.migrations.js';

const NOT_OURS = 'schedule.not-ours';

/** How a run ended. */
export interface Ended {
  at: number;
  result: string | null;
  error: string | null;
}

/** Where a job's times and runs are kept. */
export interface JobBook {
  /** The last time that was worked off; `now` for a job that is new. */
  lastDue: (name: string, now: number) => Promise<number>;
  /** Takes the time for this replica; false where another has it. `missed`: times before it that nobody ran at. */
  begin: (name: string, dueAt: number, startedAt: number, missed: number) => Promise<boolean>;
  /** Passes over times, which are misfires. */
  pass: (name: string, dueAt: number, missed: number) => Promise<void>;
  end: (name: string, ended: Ended) => Promise<void>;
}

/** For jobs that one replica runs for all: rows, and a time is taken once. */
export function createJobRows(db: Database): JobBook & { all: () => Promise<JobRow[]> } {
  const schema = db.schema<ScheduleSchema>();
  const update = (name: string) => schema.updateTable('schedule_jobs').where('name', '=', name);
  return {
    all: () => schema.selectFrom('schedule_jobs').selectAll().execute(),

    async lastDue(name, now) {
      const tx = db.begin();
      const insert = schema.insertInto('schedule_jobs').values(newRow(name, now));
      db.add(
        tx,
        insert.onConflict((conflict) => conflict.doNothing()),
      );
      await db.commit(tx);
      const row = schema.selectFrom('schedule_jobs').select('due_at').where('name', '=', name);
      return (await row.executeTakeFirst())?.due_at ?? now;
    },

    async begin(name, dueAt, startedAt, missed) {
      const tx = db.begin();
      const taken = update(name)
        .set((eb) => ({
          ...{ due_at: dueAt, running_since: startedAt, last_started_at: startedAt },
          misfires: eb('misfires', '+', missed),
        }))
        .where('due_at', '<', dueAt);
      db.add(tx, taken, { rows: 1, otherwise: NOT_OURS });
      return committed(tx);
    },

    async pass(name, dueAt, missed) {
      const tx = db.begin();
      const passed = update(name).set((eb) => ({ due_at: dueAt, misfires: eb('misfires', '+', missed) }));
      db.add(tx, passed.where('due_at', '<', dueAt), { rows: 1, otherwise: NOT_OURS });
      await committed(tx);
    },

    async end(name, { at, result, error }) {
      const tx = db.begin();
      const ended = update(name).set((eb) => ({
        ...{ running_since: null, last_ended_at: at, last_result: result, last_error: error },
        runs: eb('runs', '+', 1),
        failures: eb('failures', '+', error === null ? 0 : 1),
      }));
      db.add(tx, ended);
      await db.commit(tx);
    },
  };

  async function committed(tx: ReturnType<Database['begin']>): Promise<boolean> {
    try {
      await db.commit(tx);
      return true;
    } catch (error) {
      if (error instanceof TxConflict) return false;
      throw error;
    }
  }
}

/** For jobs that each replica runs for itself: as long as the process lives. */
export function createJobNotes(): JobBook & { all: () => JobRow[] } {
  const rows = new Map<string, JobRow>();
  const note = (name: string, change: (row: JobRow) => Partial<JobRow>): void => {
    const row = rows.get(name);
    if (row) Object.assign(row, change(row));
  };
  return {
    all: () => [...rows.values()],
    lastDue(name, now) {
      if (!rows.has(name)) rows.set(name, newRow(name, now));
      return Promise.resolve(rows.get(name)!.due_at);
    },
    begin(name, dueAt, startedAt, missed) {
      const times = { due_at: dueAt, running_since: startedAt, last_started_at: startedAt };
      note(name, ({ misfires }) => ({ ...times, misfires: misfires + missed }));
      return Promise.resolve(true);
    },
    pass(name, dueAt, missed) {
      note(name, ({ misfires }) => ({ due_at: dueAt, misfires: misfires + missed }));
      return Promise.resolve();
    },
    end(name, { at, result, error }) {
      note(name, ({ runs, failures }) => ({
        ...{ running_since: null, last_ended_at: at, last_result: result, last_error: error },
        ...{ runs: runs + 1, failures: failures + (error === null ? 0 : 1) },
      }));
      return Promise.resolve();
    },
  };
}

/** A job that has not run yet. */
export function newRow(name: string, now: number): JobRow {
  return {
    ...{ name, due_at: now, running_since: null, last_started_at: null, last_ended_at: null },
    ...{ last_result: null, last_error: null, runs: 0, failures: 0, misfires: 0 },
  };
}
