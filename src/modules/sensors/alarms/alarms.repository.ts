import { sql } from 'kysely';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { idsOf } from '../intake/intake.repository.js';
import type { AlarmRow, SensorsSchema } from '../sensors.schema.js';
import type { Alarm, AlarmFilter } from './alarm.js';
import type { Severity } from './alarm-rule.js';

/** The `TxConflict` reason of an alarm that somebody else has changed. */
export const ALARM_CHANGED = 'alarms.changed';

export type AlarmsRepository = ReturnType<typeof createAlarmsRepository>;

export function createAlarmsRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const all = schema.selectFrom('alarms').selectAll();
  const update = (id: string) => schema.updateTable('alarms').where('id', '=', id);

  return {
    insert: (tx: Tx, alarm: Alarm): void => void db.add(tx, schema.insertInto('alarms').values(rowOf(alarm))),

    /** One that is active. */
    clear(tx: Tx, { id }: Alarm, at: number): void {
      const cleared = update(id).set((eb) => ({ cleared_at: at, version: eb('version', '+', 1) }));
      db.add(tx, cleared.where('cleared_at', 'is', null));
    },

    /** One that is not, at that version; as clearing it does not matter here, it may be cleared meanwhile. */
    acknowledge(tx: Tx, { id, acknowledgedAt, acknowledgedBy, note }: Alarm): void {
      const set = update(id).set((eb) => ({
        ...{ acknowledged_at: acknowledgedAt, acknowledged_by: acknowledgedBy, note },
        version: eb('version', '+', 1),
      }));
      db.add(tx, set.where('acknowledged_at', 'is', null), { rows: 1, otherwise: ALARM_CHANGED });
    },

    async get(id: string): Promise<Alarm | undefined> {
      const row = await all.where('id', '=', id).executeTakeFirst();
      return row && toAlarm(row);
    },

    /** Newest first, before the id. */
    async list(filter: AlarmFilter, before: string | undefined, limit: number): Promise<Alarm[]> {
      let query = all.orderBy('id', 'desc').limit(limit);
      const { active, acknowledged, severity, sensorId, clientId, ruleId } = filter;
      if (before !== undefined) query = query.where('id', '<', before);
      if (severity !== undefined) query = query.where('severity', '=', severity);
      if (sensorId !== undefined) query = query.where('sensor_id', '=', sensorId);
      if (clientId !== undefined) query = query.where('client_id', '=', clientId);
      if (ruleId !== undefined) query = query.where('rule_id', '=', ruleId);
      if (active !== undefined) query = query.where('cleared_at', active ? 'is' : 'is not', null);
      if (acknowledged !== undefined) {
        query = query.where('acknowledged_at', acknowledged ? 'is not' : 'is', null);
      }
      return (await query.execute()).map(toAlarm);
    },

    /** Active ones of these sensors. */
    async activeOf(sensorIds: readonly string[]): Promise<Alarm[]> {
      const query = all.where('sensor_id', 'in', idsOf(db, sensorIds)).where('cleared_at', 'is', null);
      return (await query.execute()).map(toAlarm);
    },

    /** Active ones whose rule is gone, off or another by now, or whose sensor is gone or off. */
    async outdated(limit: number): Promise<Alarm[]> {
      const rows = await schema
        .selectFrom('alarms')
        .selectAll('alarms')
        .innerJoin('alarm_rules', 'alarm_rules.id', 'alarms.rule_id')
        .innerJoin('sensors', 'sensors.id', 'alarms.sensor_id')
        .where('alarms.cleared_at', 'is', null)
        .where((eb) =>
          eb.or([
            eb('alarm_rules.deleted_at', 'is not', null),
            eb('alarm_rules.enabled', '=', 0),
            eb('alarm_rules.revision', '!=', eb.ref('alarms.rule_revision')),
            eb('sensors.deleted_at', 'is not', null),
            eb('sensors.enabled', '=', 0),
          ]),
        )
        .limit(limit)
        .execute();
      return rows.map(toAlarm);
    },

    /** Active ones of a rule whose sensor was heard after a time. */
    async heardAgain(ruleId: string, after: number, limit: number): Promise<Alarm[]> {
      const rows = await schema
        .selectFrom('alarms')
        .selectAll('alarms')
        .innerJoin('sensors', 'sensors.id', 'alarms.sensor_id')
        .where('alarms.rule_id', '=', ruleId)
        .where('alarms.cleared_at', 'is', null)
        .where('sensors.heard', '>', after * 1_000)
        .limit(limit)
        .execute();
      return rows.map(toAlarm);
    },

    async countActive(): Promise<{ severity: string; count: number }[]> {
      return schema
        .selectFrom('alarms')
        .select(['severity', sql<number>`count(*)`.as('count')])
        .where('cleared_at', 'is', null)
        .groupBy('severity')
        .execute();
    },

    /** Cleared ones that were raised before a time go, at most `limit`; returns how many. */
    async trim(before: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('alarms')
        .select('id')
        .where('cleared_at', '<', before)
        .orderBy('id')
        .limit(limit);
      const tx = db.begin();
      const removal = db.add(tx, schema.deleteFrom('alarms').where('id', 'in', old));
      return (await db.commit(tx)).changes(removal);
    },
  };
}

function rowOf(alarm: Alarm): AlarmRow {
  return {
    ...{ id: alarm.id, rule_id: alarm.ruleId, rule_name: alarm.ruleName, rule_revision: alarm.ruleRevision },
    ...{
      severity: alarm.severity,
      sensor_id: alarm.sensorId,
      client_id: alarm.clientId,
      status: alarm.status,
    },
    ...{ raised_at: alarm.raisedAt, cleared_at: alarm.clearedAt, acknowledged_at: alarm.acknowledgedAt },
    ...{ acknowledged_by: alarm.acknowledgedBy, note: alarm.note, version: alarm.version },
  };
}

function toAlarm(row: AlarmRow): Alarm {
  return {
    ...{ id: row.id, ruleId: row.rule_id, ruleName: row.rule_name, ruleRevision: row.rule_revision },
    ...{ severity: row.severity as Severity, sensorId: row.sensor_id, clientId: row.client_id },
    ...{ status: row.status, raisedAt: row.raised_at, clearedAt: row.cleared_at },
    ...{ acknowledgedAt: row.acknowledged_at, acknowledgedBy: row.acknowledged_by, note: row.note },
    version: row.version,
  };
}
