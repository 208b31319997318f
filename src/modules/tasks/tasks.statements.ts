import { sql } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import { placeholders, prepared } from '../../platform/db/prepared.js';
import type { Ending } from './task.js';
import { openViewFrame } from './task-view.js';
import type { NewHistoryRow, NewTaskRow, TaskRow, TasksSchema } from './tasks.schema.js';

/** A history row before it has its number. */
export type HistoryRow = Required<Omit<NewHistoryRow, 'id'>>;

/** What a task loses when nobody works on it any more. */
export const freed = { owner: null, claim: null, lease_until: null };

const TASK_COLUMNS: readonly (keyof NewTaskRow)[] = [
  'id',
  'type',
  'state',
  'priority',
  'lane',
  'created_at',
  'not_before',
  'delayed',
  'expires_at',
  'deadline_at',
  'started_at',
  'ended_at',
  'attempt',
  'failures',
  'lapses',
  'begun',
  'cancel_requested',
  'owner',
  'claim',
  'lease_until',
  'payload',
  'view_head',
  'correlation_id',
  'correlation_key',
  'source',
  'created_by',
  'retry_of',
  'error_code',
  'error_message',
  'request_id',
  'traceparent',
];
const HISTORY_COLUMNS: readonly (keyof HistoryRow)[] = [
  'task_id',
  'at',
  'from_state',
  'to_state',
  'reason',
  'attempt',
  'actor',
];

interface TaskMoment {
  id: Uuid;
  at: number;
}

interface AttemptEnd {
  id: Uuid;
  attempt: number;
  state: Ending;
  ended_at: number;
  error_code: string | null;
  error_message: string | null;
}

/** The history of a task that is done at once. */
interface Life {
  id: Uuid;
  at: number;
  ended_at: number;
  created_by: string;
  owner: string;
}

/** Its events; what each tells as JSON text. */
interface LifeEvents {
  subject: string;
  at: number;
  ended_at: number;
  created: string;
  started: string;
  ended: string;
}

/** The statements that run for every task. */
export function prepareStatements(db: Database) {
  const schema = db.schema<TasksSchema>();
  return {
    insertTask: prepared<Required<NewTaskRow>, unknown>((value) =>
      schema.insertInto('tasks').values(placeholders(value, TASK_COLUMNS)),
    ),
    insertStarted: prepared<Required<NewTaskRow>, Pick<TaskRow, 'state'>>((value) => {
      const unlessPaused = (otherwise: unknown, started: unknown) =>
        sql<never>`case when exists (select 1 from task_pauses where task_pauses.type = ${value('type')})
          then ${otherwise} else ${started} end`;
      return schema
        .insertInto('tasks')
        .values({
          ...placeholders(value, TASK_COLUMNS),
          state: unlessPaused(sql.lit('pending'), sql.lit('in_work')),
          attempt: unlessPaused(sql.lit(0), sql.lit(1)),
          owner: unlessPaused(sql.lit(null), sql`cast(${value('owner')} as text)`),
          claim: unlessPaused(sql.lit(null), sql`cast(${value('claim')} as text)`),
          lease_until: unlessPaused(sql.lit(null), sql`cast(${value('lease_until')} as bigint)`),
          started_at: unlessPaused(sql.lit(null), sql`cast(${value('started_at')} as bigint)`),
        })
        .returning('state');
    }),
    insertStartHistory: prepared<TaskMoment, unknown>((value) =>
      compilable(
        db,
        sql`insert into task_history (task_id, at, from_state, to_state, reason, attempt, actor)
          select id, cast(${value('at')} as bigint), 'pending', 'in_work', 'started', attempt, owner from tasks
          where id = ${value('id')} and state = 'in_work'`,
      ),
    ),
    insertStartEvent: prepared<TaskMoment, unknown>((value) => {
      const { before, after } = openViewFrame('in_work');
      return compilable(
        db,
        sql`insert into events (type, subject, time, data)
          select 'task.started', 'tasks/' || id, cast(${value('at')} as bigint),
            ${sql.lit(before)} || view_head || ${sql.lit(after)} from tasks
          where id = ${value('id')} and state = 'in_work'`,
      );
    }),
    notPaused: prepared<{ type: string }, unknown>((value) =>
      compilable(
        db,
        sql`select 1 as "free" where not exists (select 1 from task_pauses where task_pauses.type = ${value('type')})`,
      ),
    ),
    insertLifeHistory: prepared<Life, unknown>((value) => {
      const [id, at, endedAt, by, owner] = [
        value('id'),
        value('at'),
        value('ended_at'),
        value('created_by'),
        value('owner'),
      ];
      return compilable(
        db,
        sql`insert into task_history (task_id, at, from_state, to_state, reason, attempt, actor) values
          (${id}, ${at}, null, 'pending', 'created', 0, ${by}),
          (${id}, ${at}, 'pending', 'in_work', 'started', 1, ${owner}),
          (${id}, ${endedAt}, 'in_work', 'completed', 'completed', 1, ${owner})`,
      );
    }),
    insertLifeEvents: prepared<LifeEvents, unknown>((value) => {
      const [subject, at] = [value('subject'), value('at')];
      return compilable(
        db,
        sql`insert into events (type, subject, time, data) values
          ('task.created', ${subject}, ${at}, ${value('created')}),
          ('task.started', ${subject}, ${at}, ${value('started')}),
          ('task.completed', ${subject}, ${value('ended_at')}, ${value('ended')})`,
      );
    }),
    insertHistory: prepared<HistoryRow, unknown>((value) =>
      schema.insertInto('task_history').values(placeholders(value, HISTORY_COLUMNS)),
    ),
    insertResult: prepared<TasksSchema['task_results'], unknown>((value) =>
      schema.insertInto('task_results').values(placeholders(value, ['task_id', 'content_type', 'body'])),
    ),
    /** `where true`, or SQLite takes `on` for a join's. */
    insertKeys: prepared<{ id: Uuid; keys: string }, unknown>((value) => {
      const id = db.dialect === 'sqlite' ? value('id') : sql`${value('id')}::text`;
      return compilable(
        db,
        sql`insert into task_keys (key, task_id) select value, ${id} from ${listed(db, value('keys'))}
          where true on conflict do nothing`,
      );
    }),
    end: prepared<AttemptEnd, unknown>((value) =>
      schema
        .updateTable('tasks')
        .set({
          ...freed,
          ...placeholders(value, ['state', 'ended_at', 'error_code', 'error_message']),
        })
        .where('id', '=', value('id'))
        .where('attempt', '=', value('attempt'))
        .where('state', '=', 'in_work'),
    ),
  };
}

/** A JSON array of texts as rows of one column `value`: one statement however many there are. */
export function listed(db: Database, list: unknown) {
  return db.dialect === 'sqlite'
    ? sql`json_each(${list})`
    : sql`jsonb_array_elements_text(${list}::jsonb) as value`;
}

function compilable(db: Database, statement: ReturnType<typeof sql>) {
  return { compile: () => statement.compile(db.schema<unknown>()) };
}
