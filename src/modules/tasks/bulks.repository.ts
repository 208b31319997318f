import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { Bulk } from './bulk.js';
import { BULK_MOVED } from './refusals.js';
import type { TaskFilter } from './task-filter.js';
import type { BulkRow, TasksSchema } from './tasks.schema.js';

/** How far a step of a bulk has come. */
export interface BulkStep {
  position: Uuid;
  done: number;
  skipped: number;
  endedAt: number | null;
}

export type BulksRepository = ReturnType<typeof createBulksRepository>;

/** The acts on many tasks, with how far they are. */
export function createBulksRepository(db: Database) {
  const schema = db.schema<TasksSchema>();

  return {
    insert(tx: Tx, bulk: Bulk): void {
      const row: BulkRow = {
        id: bulk.id,
        action: bulk.action,
        filter: JSON.stringify(bulk.filter),
        created_at: bulk.createdAt,
        created_by: bulk.createdBy,
        request_id: bulk.trace.requestId,
        traceparent: bulk.trace.traceparent,
        matched: bulk.matched,
        done: bulk.done,
        skipped: bulk.skipped,
        position: bulk.position,
        ended_at: bulk.endedAt,
      };
      db.add(tx, schema.insertInto('task_bulks').values(row));
    },

    /** Moves a bulk on; the transaction is refused (`BULK_MOVED`) where another process did so since it was read. */
    move(tx: Tx, bulk: Bulk, step: BulkStep): void {
      const update = schema
        .updateTable('task_bulks')
        .set((eb) => ({
          position: step.position,
          done: eb('done', '+', step.done),
          skipped: eb('skipped', '+', step.skipped),
          ended_at: step.endedAt,
        }))
        .where('id', '=', bulk.id)
        .where('position', '=', bulk.position)
        .where('ended_at', 'is', null);
      db.add(tx, update, { rows: 1, otherwise: BULK_MOVED });
    },

    async get(id: Uuid): Promise<Bulk | undefined> {
      const row = await schema.selectFrom('task_bulks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && bulkFromRow(row);
    },

    /** Oldest first. */
    async open(limit: number): Promise<Bulk[]> {
      const rows = await schema
        .selectFrom('task_bulks')
        .selectAll()
        .where('ended_at', 'is', null)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(bulkFromRow);
    },

    async remove(createdBefore: number, limit: number): Promise<number> {
      const tx = db.begin();
      const old = schema
        .selectFrom('task_bulks')
        .select('id')
        .where('created_at', '<', createdBefore)
        .where('ended_at', 'is not', null)
        .limit(limit);
      const removal = db.add(tx, schema.deleteFrom('task_bulks').where('id', 'in', old));
      return (await db.commit(tx)).changes(removal);
    },
  };
}

function bulkFromRow(row: BulkRow): Bulk {
  return {
    id: row.id,
    action: row.action,
    filter: JSON.parse(row.filter) as TaskFilter,
    createdAt: row.created_at,
    createdBy: row.created_by,
    trace: { requestId: row.request_id, traceparent: row.traceparent },
    matched: row.matched,
    done: row.done,
    skipped: row.skipped,
    position: row.position,
    endedAt: row.ended_at,
  };
}
