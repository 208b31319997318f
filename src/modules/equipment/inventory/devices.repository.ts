import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { prepared } from '../../../platform/db/prepared.js';
import type { Device, DeviceResult, DeviceSeen } from './device.js';
import type { DevicesSchema } from './devices.schema.js';

/** Why a transaction is refused: the device has changed meanwhile. */
export const DEVICE_CHANGED = 'equipment.device-changed';

/** All that is there must hold. */
export interface DeviceFilter {
  /** What its id begins with. */
  prefix?: string | undefined;
  result?: DeviceResult | undefined;
  /** The batch of its last task. */
  batch?: string | undefined;
  /** Only what comes after this id. */
  after?: string | undefined;
}

export type DevicesRepository = ReturnType<typeof createDevicesRepository>;

/** Devices that were seen. */
export function createDevicesRepository(db: Database) {
  const schema = db.schema<DevicesSchema>();
  const seen = prepared<SeenRow, unknown>((value) => {
    const failure = sql<number>`case when cast(${value('result')} as text) = 'completed' then 0 else 1 end`;
    const now = {
      last_seen_at: sql<number>`cast(${value('at')} as bigint)`,
      last_task_id: sql<Uuid>`cast(${value('task')} as text)`,
      last_result: sql<DeviceResult>`cast(${value('result')} as text)`,
      last_message: sql<string>`cast(${value('message')} as text)`,
      last_batch_id: sql<Uuid | null>`cast(${value('batch')} as text)`,
    };
    return schema
      .insertInto('equipment_devices')
      .values({
        ...now,
        id: value('id'),
        first_seen_at: now.last_seen_at,
        tasks: sql.lit(1),
        failures: failure,
        version: sql.lit(1),
        ...{ note: null, noted_at: null, noted_by: null },
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          ...now,
          tasks: sql<number>`equipment_devices.tasks + 1`,
          failures: sql<number>`equipment_devices.failures + ${failure}`,
          version: sql<number>`equipment_devices.version + 1`,
        }),
      );
  });

  return {
    /** A task of the device has ended. */
    see(tx: Tx, device: DeviceSeen): void {
      const { id, lastSeenAt: at, lastTaskId: task, lastResult: result } = device;
      db.add(tx, seen({ id, at, task, result, message: device.lastMessage, batch: device.lastBatchId }));
    },

    /** Refused (`DEVICE_CHANGED`) unless it is still at `version`. */
    note(tx: Tx, id: string, version: number, note: { text: string | null; at: number; by: string }): void {
      const change = schema
        .updateTable('equipment_devices')
        .set({ note: note.text, noted_at: note.at, noted_by: note.by, version: version + 1 })
        .where('id', '=', id)
        .where('version', '=', version);
      db.add(tx, change, { rows: 1, otherwise: DEVICE_CHANGED });
    },

    async get(id: string): Promise<Device | undefined> {
      const row = await schema
        .selectFrom('equipment_devices')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && deviceOf(row);
    },

    /** By id. */
    async list({ prefix, result, batch, after }: DeviceFilter, limit: number): Promise<Device[]> {
      let query = schema.selectFrom('equipment_devices').selectAll().orderBy('id').limit(limit);
      // Beyond every id that begins so: ids are ASCII letters and digits.
      if (prefix) query = query.where('id', '>=', prefix).where('id', '<', `${prefix}~`);
      if (result) query = query.where('last_result', '=', result);
      if (batch) query = query.where('last_batch_id', '=', batch as Uuid);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(deviceOf);
    },
  };
}

interface SeenRow {
  id: string;
  at: number;
  task: Uuid;
  result: DeviceResult;
  message: string;
  batch: Uuid | null;
}

function deviceOf(row: Selectable<DevicesSchema['equipment_devices']>): Device {
  return {
    id: row.id,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    lastTaskId: row.last_task_id,
    lastResult: row.last_result,
    lastMessage: row.last_message,
    lastBatchId: row.last_batch_id,
    tasks: row.tasks,
    failures: row.failures,
    note: row.note,
    notedAt: row.noted_at,
    notedBy: row.noted_by,
    version: row.version,
  };
}
