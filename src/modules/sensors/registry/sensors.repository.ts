import { type SelectQueryBuilder, sql } from 'kysely';
import type { StatementRef, Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { idsOf } from '../intake/intake.repository.js';
import type { SensorRow, SensorsSchema } from '../sensors.schema.js';
import { EXTERNAL_ID_TAKEN, SENSOR_CHANGED } from './refusals.js';
import type { Sensor, SensorFields, SensorFilter } from './sensor.js';

export type SensorsRepository = ReturnType<typeof createSensorsRepository>;

/** What an import does with a sensor that is there already. */
export type Existing = 'refuse' | 'skip' | 'update';

/** A sensor that an import made or changed. */
export interface ImportedRow {
  id: string;
  client_id: string;
  external_id: string;
}

type Query = SelectQueryBuilder<SensorsSchema, 'sensors', SensorRow>;

export function createSensorsRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const present: Query = schema.selectFrom('sensors').selectAll().where('deleted_at', 'is', null);

  return {
    insert(tx: Tx, sensor: Sensor): void {
      const insert = schema
        .insertInto('sensors')
        .values(rowOf(sensor))
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: EXTERNAL_ID_TAKEN });
    },

    /** At most 500 at once; returns those that were made, or changed. */
    insertMany(tx: Tx, sensors: readonly Sensor[], existing: Existing): StatementRef<ImportedRow> {
      const insert = schema.insertInto('sensors').values(sensors.map(rowOf));
      if (existing !== 'update') {
        const made = insert.onConflict((conflict) => conflict.doNothing());
        return db.add(tx, made.returning(['id', 'client_id', 'external_id']));
      }
      const set = (column: 'name' | 'kind' | 'enabled') => sql<never>`excluded.${sql.ref(column)}`;
      const changed = insert.onConflict((conflict) =>
        conflict
          .columns(['client_id', 'external_id'])
          .where('deleted_at', 'is', null)
          .doUpdateSet({
            ...{ name: set('name'), kind: set('kind'), enabled: set('enabled') },
            version: sql`sensors.version + 1`,
          })
          .where(
            sql<boolean>`(sensors.name, sensors.kind, sensors.enabled) <> (excluded.name, excluded.kind, excluded.enabled)`,
          ),
      );
      return db.add(tx, changed.returning(['id', 'client_id', 'external_id']));
    },

    async get(id: string): Promise<Sensor | undefined> {
      const row = await present.where('id', '=', id).executeTakeFirst();
      return row && toSensor(row);
    },

    async getMany(ids: readonly string[]): Promise<Sensor[]> {
      return (await present.where('id', 'in', idsOf(db, ids)).execute()).map(toSensor);
    },

    /** Oldest first, after the id. */
    async list(filter: SensorFilter, page: { after?: string | undefined; limit: number }): Promise<Sensor[]> {
      let query = filtered(present, filter).orderBy('id').limit(page.limit);
      if (page.after !== undefined) query = query.where('id', '>', page.after);
      return (await query.execute()).map(toSensor);
    },

    async isExternalIdFree(clientId: string, externalId: string, but: string): Promise<boolean> {
      const same = present.where('client_id', '=', clientId).where('external_id', '=', externalId);
      return (await same.where('id', '!=', but).executeTakeFirst()) === undefined;
    },

    /** Where its version is still that. */
    update(tx: Tx, { id, version }: Sensor, fields: SensorFields): void {
      const { externalId, name, kind, enabled } = fields;
      const row = { external_id: externalId, name, kind, enabled: enabled ? 1 : 0 };
      const update = schema.updateTable('sensors').set({ ...row, version: version + 1 });
      db.add(tx, update.where('id', '=', id).where('version', '=', version).where('deleted_at', 'is', null), {
        rows: 1,
        otherwise: SENSOR_CHANGED,
      });
    },

    remove(tx: Tx, { id, version }: Sensor, at: number): void {
      const update = schema.updateTable('sensors').set({ deleted_at: at, version: version + 1 });
      db.add(tx, update.where('id', '=', id).where('version', '=', version).where('deleted_at', 'is', null), {
        rows: 1,
        otherwise: SENSOR_CHANGED,
      });
    },
  };
}

function filtered(query: Query, filter: SensorFilter): Query {
  const { clientId, externalId, name, kind, status, enabled } = filter;
  let found = query;
  if (clientId !== undefined) found = found.where('client_id', '=', clientId);
  if (externalId !== undefined) found = found.where('external_id', '=', externalId);
  if (name !== undefined) found = found.where('name', '=', name);
  if (kind !== undefined) found = found.where('kind', '=', kind);
  if (status !== undefined) found = found.where('status', '=', status);
  if (enabled !== undefined) found = found.where('enabled', '=', enabled ? 1 : 0);
  return found;
}

function rowOf(sensor: Sensor): SensorRow {
  return {
    id: sensor.id,
    client_id: sensor.clientId,
    external_id: sensor.externalId,
    name: sensor.name,
    kind: sensor.kind,
    enabled: sensor.enabled ? 1 : 0,
    version: sensor.version,
    created_at: sensor.createdAt,
    created_by: sensor.createdBy,
    deleted_at: null,
    status: sensor.status,
    status_at: sensor.statusAt,
    changed_at: null,
    heard: sensor.heard,
    heard_minute: Math.floor(sensor.heard / 60_000_000),
  };
}

function toSensor(row: SensorRow): Sensor {
  return {
    id: row.id,
    clientId: row.client_id,
    externalId: row.external_id,
    name: row.name,
    kind: row.kind,
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    version: row.version,
    status: row.status,
    statusAt: row.status_at,
    heard: row.heard,
  };
}
