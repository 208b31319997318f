import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { prepared } from '../../../platform/db/prepared.js';
import { ITEM_STATES } from './batch.js';
import type { BatchItem, Counts, ItemState } from './batch.js';
import { BATCH_CHANGED } from './batches.repository.js';
import type { BatchesSchema, ItemRow } from './batches.schema.js';

/** A device of a new batch, short, as thousands of them travel in one text. */
export interface NewItem {
  /** Position. */
  p: number;
  /** Equipment id. */
  e: string;
  /** JSON text of its own parameters without the password. */
  o: string | null;
  /** Its own password, sealed. */
  s: string | null;
}

/** A device whose turn has come. */
export type WaitingItem = Pick<ItemRow, 'position' | 'attempts' | 'parameters' | 'secret'> & {
  equipmentId: string;
};

export interface ItemFilter {
  state?: ItemState | undefined;
  after?: number | undefined;
}

/** What became of a device's task. */
export interface ItemEnd {
  taskId: Uuid;
  isCancelled: boolean;
  code: number;
  message: string;
  endedAt: number;
}

export type ItemsRepository = ReturnType<typeof createItemsRepository>;

/** Beyond every place of a first attempt. */
const ONE_ROUND = 1_000_000;

/** The devices of batches. */
export function createItemsRepository(db: Database) {
  const schema = db.schema<BatchesSchema>();
  const end = prepared<ItemEndRow, unknown>((value) => ({
    compile: () => endStatement(value).compile(schema),
  }));

  return {
    /** Many at once: one statement takes them all. */
    insert(tx: Tx, batchId: Uuid, maxAttempts: number, items: readonly NewItem[]): void {
      const list = JSON.stringify(items);
      const rows =
        db.dialect === 'sqlite'
          ? sql`json_each(${list})`
          : sql`jsonb_array_elements(${list}::jsonb) as row(value)`;
      const whole = (name: string) => sql`cast(value ->> ${sql.lit(name)} as bigint)`;
      const text = (value: string) => sql`cast(${value} as text)`;
      const insert = sql`insert into equipment_batch_items
        (batch_id, position, equipment_id, state, turn, attempts, max_attempts, recall, parameters, secret)
        select ${text(batchId)}, ${whole('p')}, value ->> 'e', 'waiting', ${whole('p')}, 0,
          cast(${maxAttempts} as bigint), 0, value ->> 'o', value ->> 's' from ${rows}`;
      db.add(tx, insert.compile(schema));
    },

    /** By state, and how many of the first `canary` have not ended. */
    async counts(batchId: Uuid, canary: number): Promise<{ counts: Counts; canaryLeft: number }> {
      const ofCanary = sql<number>`sum(case when position < ${canary} then 1 else 0 end)`;
      const rows = await schema
        .selectFrom('equipment_batch_items')
        .select((eb) => ['state', ofCanary.as('canary'), eb.fn.countAll<number>().as('count')])
        .where('batch_id', '=', batchId)
        .groupBy('state')
        .execute();
      const counts = Object.fromEntries(ITEM_STATES.map((state) => [state, 0])) as Record<ItemState, number>;
      let canaryLeft = 0;
      for (const row of rows) {
        counts[row.state] = row.count;
        if (row.state === 'waiting' || row.state === 'running') canaryLeft += row.canary;
      }
      return { counts, canaryLeft };
    },

    /** The next ones, below `beforePosition`. */
    async waiting(batchId: Uuid, limit: number, beforePosition: number): Promise<WaitingItem[]> {
      return schema
        .selectFrom('equipment_batch_items')
        .select(['position', 'equipment_id as equipmentId', 'attempts', 'parameters', 'secret'])
        .where('batch_id', '=', batchId)
        .where('state', '=', 'waiting')
        .where('position', '<', beforePosition)
        .orderBy('turn')
        .limit(limit)
        .execute();
    },

    /** The device has a task now; refused (`BATCH_CHANGED`) where it does not wait any more. */
    start(tx: Tx, batchId: Uuid, { position, attempts }: WaitingItem, taskId: Uuid): void {
      const start = schema
        .updateTable('equipment_batch_items')
        .set({
          state: 'running',
          task_id: taskId,
          attempts: attempts + 1,
          recall: 0,
          code: null,
          message: null,
        })
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .where('state', '=', 'waiting');
      db.add(tx, start, { rows: 1, otherwise: BATCH_CHANGED });
    },

    /**
     * A task has ended: its device is done, failed, waits for its next attempt, or, where the task was taken back, for its
     * turn. Nothing happens where no device has the task.
     */
    end(tx: Tx, { taskId, isCancelled, ...rest }: ItemEnd): void {
      const { code, message, endedAt } = rest;
      db.add(tx, end({ task: taskId, cancelled: Number(isCancelled), code, message, at: endedAt }));
    },

    /** Marks what is in the ledger: where it has not begun, it is to come back. */
    recall(tx: Tx, batchId: Uuid): void {
      const running = schema.updateTable('equipment_batch_items').set({ recall: 1 });
      db.add(tx, running.where('batch_id', '=', batchId).where('state', '=', 'running'));
    },

    /** Takes the marks away again. */
    keep(tx: Tx, batchId: Uuid): void {
      const running = schema.updateTable('equipment_batch_items').set({ recall: 0 });
      db.add(tx, running.where('batch_id', '=', batchId).where('state', '=', 'running'));
    },

    async recalled(batchId: Uuid): Promise<Uuid[]> {
      const rows = await schema
        .selectFrom('equipment_batch_items')
        .select('task_id')
        .where('batch_id', '=', batchId)
        .where('state', '=', 'running')
        .where('recall', '=', 1)
        .execute();
      return rows.map((row) => row.task_id!);
    },

    /** Ends at most `limit` that wait. */
    cancelWaiting(tx: Tx, batchId: Uuid, at: number, limit: number): void {
      const some = schema
        .selectFrom('equipment_batch_items')
        .select('position')
        .where('batch_id', '=', batchId)
        .where('state', '=', 'waiting')
        .limit(limit);
      const cancel = schema
        .updateTable('equipment_batch_items')
        .set({ state: 'cancelled', ended_at: at, secret: null, message: 'The batch was cancelled' })
        .where('batch_id', '=', batchId)
        .where('state', '=', 'waiting')
        .where('position', 'in', some);
      db.add(tx, cancel);
    },

    /** Has failed ones wait for as many attempts as at first. */
    retryFailed(tx: Tx, batchId: Uuid): void {
      const retry = schema
        .updateTable('equipment_batch_items')
        .set((eb) => ({
          state: 'waiting' as const,
          ended_at: null,
          turn: eb('turn', '+', ONE_ROUND),
          max_attempts: sql<number>`attempts + (select b.max_attempts from equipment_batches b where b.id = batch_id)`,
        }))
        .where('batch_id', '=', batchId)
        .where('state', '=', 'failed');
      db.add(tx, retry);
    },

    forgetSecrets(tx: Tx, batchId: Uuid): void {
      const forget = schema.updateTable('equipment_batch_items').set({ secret: null });
      db.add(tx, forget.where('batch_id', '=', batchId).where('secret', 'is not', null));
    },

    /** In the order in which they came. */
    async list(batchId: Uuid, { state, after }: ItemFilter, limit: number): Promise<BatchItem[]> {
      let query = schema
        .selectFrom('equipment_batch_items')
        .select(['position', 'equipment_id as equipmentId', 'state', 'attempts', 'task_id as taskId'])
        .select(['code', 'message', 'ended_at as endedAt'])
        .where('batch_id', '=', batchId)
        .orderBy('position')
        .limit(limit);
      if (state) query = query.where('state', '=', state);
      if (after !== undefined) query = query.where('position', '>', after);
      return query.execute();
    },
  };
}

interface ItemEndRow {
  task: Uuid;
  cancelled: number;
  code: number;
  message: string;
  at: number;
}

type Values = <K extends keyof ItemEndRow>(name: K) => RawBuilder<ItemEndRow[K]>;

/** Where a device comes to, by what its task came to. PostgreSQL has to be told the types of what it compares. */
function endStatement(value: Values) {
  const cancelled = sql`cast(${value('cancelled')} as bigint) = 1`;
  const code = sql`cast(${value('code')} as bigint)`;
  const state = sql`case
    when ${cancelled} then case when recall = 1 then 'waiting' else 'cancelled' end
    when ${code} = 200 then 'completed'
    when ${code} = 404 or attempts >= max_attempts then 'failed'
    else 'waiting' end`;
  return sql`update equipment_batch_items set
      state = ${state},
      turn = case when not (${cancelled}) and ${state} = 'waiting' then turn + ${sql.lit(ONE_ROUND)} else turn end,
      attempts = case when ${cancelled} and recall = 1 then attempts - 1 else attempts end,
      ended_at = case when ${state} = 'waiting' then null else cast(${value('at')} as bigint) end,
      secret = case when ${state} = 'completed' then null else secret end,
      code = ${code},
      message = cast(${value('message')} as text),
      recall = 0
    where task_id = ${value('task')} and state = 'running'`;
}
