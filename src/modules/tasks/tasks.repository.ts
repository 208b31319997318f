import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database, StatementRef } from '../../platform/db/database.js';
import { EVENTS_CHANNEL } from '../../platform/events/events-channel.js';
import type { Ending, Task, TaskResult } from './task.js';
import { openViewFrame, viewOf } from './task-view.js';
import { WORD_KEY } from './search-keys.js';
import { ATTEMPT_SUPERSEDED, NOT_WAITING, TYPE_PAUSED } from './refusals.js';
import { taskFromRow } from './tasks.schema.js';
import type { NewTaskRow, TaskRow, TasksSchema } from './tasks.schema.js';
import { freed, listed, prepareStatements } from './tasks.statements.js';
import type { HistoryRow } from './tasks.statements.js';

export interface ClaimOptions {
  type: string;
  limit: number;
  /** Only from the lowest priority that waits. */
  ofLowest: boolean;
  now: number;
  owner: string;
  claim: string;
  leaseUntil: number;
}

/** How a task goes back among the waiting. */
export interface Release {
  notBefore: number;
  /** Whether that is later than now. */
  isDelayed: boolean;
  failures: number;
  lapses: number;
}

/** A task as it was created, started and completed, and who did it. */
export interface CompletedLife {
  created: Task;
  started: Task;
  ended: Task;
  owner: string;
}

export type TasksRepository = ReturnType<typeof createTasksRepository>;

/** The statements that change the ledger; each adds to a transaction. */
export function createTasksRepository(db: Database) {
  const schema = db.schema<TasksSchema>();
  const statements = prepareStatements(db);

  return {
    taskOf: taskFromRow,

    insert(tx: Tx, row: Required<NewTaskRow>, keys: readonly string[]): void {
      db.add(tx, statements.insertTask(row));
      this.addKeys(tx, row.id, keys);
    },

    /** Like `insert`, of a task that starts at once; one whose type is paused waits instead. */
    insertStarted(
      tx: Tx,
      row: Required<NewTaskRow>,
      keys: readonly string[],
    ): StatementRef<Pick<TaskRow, 'state'>> {
      const inserted = db.add(tx, statements.insertStarted(row));
      this.addKeys(tx, row.id, keys);
      return inserted;
    },

    /** The history and event of a start in the transaction that creates the task, where it did start. */
    addStart(tx: Tx, { id, createdAt: at }: Task): void {
      db.add(tx, statements.insertStartHistory({ id, at }));
      db.add(tx, statements.insertStartEvent({ id, at }));
      db.nudgeAfter(tx, EVENTS_CHANNEL);
    },

    /** Refuses the whole transaction where the type is paused. */
    unlessPaused(tx: Tx, type: string): void {
      db.add(tx, statements.notPaused({ type }), { rows: 1, otherwise: TYPE_PAUSED });
    },

    /** History and events, from beginning to end, of a task that is completed by the transaction that creates it. */
    addLife(tx: Tx, { created, started, ended, owner }: CompletedLife): void {
      const { id, createdAt: at, createdBy: created_by } = created;
      const ended_at = ended.endedAt!;
      db.add(tx, statements.insertLifeHistory({ id, at, ended_at, created_by, owner }));
      const told = { created: viewOf(created), started: viewOf(started), ended: viewOf(ended) };
      db.add(tx, statements.insertLifeEvents({ subject: `tasks/${id}`, at, ended_at, ...told }));
      db.nudgeAfter(tx, EVENTS_CHANNEL);
    },

    /** What a task can be found by from now on. */
    addKeys(tx: Tx, id: Uuid, keys: readonly string[]): void {
      if (keys.length > 0) db.add(tx, statements.insertKeys({ id, keys: JSON.stringify(keys) }));
    },

    /** Puts a task under the keys that another one came with. */
    copyKeys(tx: Tx, from: Uuid, to: Uuid): void {
      const own = schema
        .selectFrom('task_keys')
        .select(['key', sql.val(to).as('task_id')])
        .where('task_id', '=', from)
        .where('key', 'not like', `${WORD_KEY}%`);
      db.add(tx, schema.insertInto('task_keys').columns(['key', 'task_id']).expression(own));
    },

    addHistory(tx: Tx, row: HistoryRow): void {
      db.add(tx, statements.insertHistory(row));
    },

    addResult(tx: Tx, id: Uuid, result: TaskResult): void {
      const row = { task_id: id, content_type: result.contentType, body: result.body };
      db.add(tx, statements.insertResult(row));
    },

    /**
     * Takes the next runnable tasks, and writes their start into history and events. They are picked
     * once (`materialized`): a plan that picked again for each row would pass by the locks and exceed the limit.
     */
    claim(tx: Tx, options: ClaimOptions): StatementRef<TaskRow> {
      const { now, claim } = options;
      const lock = db.dialect === 'postgres' ? sql`for update skip locked` : sql``;
      const lowest = options.ofLowest
        ? sql`and priority = (select min(priority) from tasks
            where state = 'pending' and delayed = 0 and type = ${options.type})`
        : sql``;
      const claimed = db.add<TaskRow>(
        tx,
        sql<TaskRow>`with picked as materialized (
            select id from tasks as t
            where state = 'pending' and delayed = 0 and type = ${options.type} and not_before <= ${now}
              and not exists (select 1 from task_pauses where task_pauses.type = ${options.type}) ${lowest}
              and deadline_at > ${now} and (expires_at is null or expires_at > ${now})
              and (lane is null or (
                not exists (select 1 from tasks b where b.lane = t.lane and b.state = 'in_work')
                and not exists (select 1 from tasks e where e.lane = t.lane and e.state = 'pending' and e.id < t.id)))
            order by priority desc, id limit ${options.limit} ${lock})
          update tasks set state = 'in_work', attempt = attempt + 1, owner = ${options.owner},
            claim = ${claim}, lease_until = ${options.leaseUntil}, started_at = coalesce(started_at, ${now})
          where id in (select id from picked)
          returning *`.compile(schema),
      );
      db.add(
        tx,
        sql`insert into task_history (task_id, at, from_state, to_state, reason, attempt, actor)
          select id, ${now}, 'pending', 'in_work', 'started', attempt, owner from tasks
          where claim = ${claim} and state = 'in_work' order by priority desc, id`.compile(schema),
      );
      const frame = openViewFrame('in_work');
      db.add(
        tx,
        sql`insert into events (type, subject, time, data)
          select 'task.started', 'tasks/' || id, ${now}, ${frame.before} || view_head || ${frame.after} from tasks
          where claim = ${claim} and state = 'in_work' order by priority desc, id`.compile(schema),
      );
      db.nudgeAfter(tx, EVENTS_CHANNEL);
      return claimed;
    },

    /** Ends a running attempt's task. */
    end(
      tx: Tx,
      task: Task,
      ending: Ending,
      now: number,
      error: { code: string; message: string } | null,
    ): void {
      const { id, attempt } = task;
      const update = statements.end({ id, attempt, state: ending, ended_at: now, ...errorColumns(error) });
      db.add(tx, update, { rows: 1, otherwise: ATTEMPT_SUPERSEDED });
    },

    /** Ends a task that waits. */
    endWaiting(
      tx: Tx,
      task: Task,
      ending: Ending,
      now: number,
      error: { code: string; message: string } | null,
    ): void {
      const update = schema
        .updateTable('tasks')
        .set({ ...freed, state: ending, ended_at: now, ...errorColumns(error) })
        .where('id', '=', task.id)
        .where('attempt', '=', task.attempt)
        .where('state', '=', 'pending');
      db.add(tx, update, { rows: 1, otherwise: NOT_WAITING });
    },

    /** Puts a running attempt's task back among the waiting, unless it is to be cancelled. */
    release(tx: Tx, task: Task, change: Release): void {
      const { notBefore: not_before, isDelayed, failures, lapses } = change;
      const columns = { not_before, delayed: isDelayed ? 1 : 0, failures, lapses };
      const update = attemptUpdate(task).where('cancel_requested', '=', 0);
      db.add(tx, update.set({ ...freed, state: 'pending', ...columns }), {
        rows: 1,
        otherwise: ATTEMPT_SUPERSEDED,
      });
    },

    /** Writes down that the work of a running attempt begins. */
    begin(tx: Tx, task: Task, owner: string): void {
      const update = attemptUpdate(task).where('owner', '=', owner).set({ begun: task.attempt });
      db.add(tx, update, { rows: 1, otherwise: ATTEMPT_SUPERSEDED });
    },

    /** Gives a running attempt's lease up and leaves its task in work, unless that is to be cancelled. */
    handOver(tx: Tx, task: Task, owner: string): void {
      const update = attemptUpdate(task).where('owner', '=', owner).where('cancel_requested', '=', 0);
      db.add(tx, update.set(freed), { rows: 1, otherwise: ATTEMPT_SUPERSEDED });
    },

    /** Replaces what an ended task was asked to do, in the transaction that ends it. */
    keepPayload(tx: Tx, id: Uuid, payload: string): void {
      db.add(tx, schema.updateTable('tasks').where('id', '=', id).set({ payload }));
    },

    /** Marks a running attempt that is to stop; only the first request does. One that was handed over has nobody to stop. */
    requestCancel(tx: Tx, task: Task): void {
      const running = attemptUpdate(task).where('owner', 'is not', null).where('cancel_requested', '=', 0);
      db.add(tx, running.set({ cancel_requested: 1 }), {
        rows: 1,
        otherwise: ATTEMPT_SUPERSEDED,
      });
    },

    /** Prolongs the leases of an owner on `ids`; returns what it still holds of them. */
    renew(tx: Tx, owner: string, ids: readonly Uuid[], leaseUntil: number): StatementRef<HeldTask> {
      return db.add(
        tx,
        sql<HeldTask>`update tasks set lease_until = ${leaseUntil}
          where owner = ${owner} and state = 'in_work' and id in (select value from ${listed(db, JSON.stringify(ids))})
          returning id, attempt, cancel_requested`.compile(schema),
      );
    },
  };

  function attemptUpdate(task: Task) {
    return schema
      .updateTable('tasks')
      .where('id', '=', task.id)
      .where('attempt', '=', task.attempt)
      .where('state', '=', 'in_work');
  }
}

export type HeldTask = Pick<TaskRow, 'id' | 'attempt' | 'cancel_requested'>;

function errorColumns(error: { code: string; message: string } | null) {
  return { error_code: error?.code ?? null, error_message: error?.message ?? null };
}
