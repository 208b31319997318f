import { sql } from 'kysely';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { idsOf } from '../intake/intake.repository.js';
import type { SensorRow, SensorsSchema } from '../sensors.schema.js';
import type { AlarmRule, RuleSubject } from './alarm-rule.js';

/** The `TxConflict` reason of a page of events that another replica has worked off. */
export const MOVED_ON = 'sensors.moved-on';

/** What is kept of a sensor under a rule while there is something to wait for. */
export interface KeptWatch {
  ruleId: string;
  sensorId: string;
  revision: number;
  since: number | null;
  changes: readonly number[];
  dueAt: number;
}

/** A sensor as rules look at it. */
export interface WatchedSensor extends RuleSubject {
  status: string | null;
  changedAt: number | null;
}

export type WatchesRepository = ReturnType<typeof createWatchesRepository>;

const POSITION = 'alarms';
const COLUMNS = ['id', 'client_id', 'kind', 'status', 'changed_at'] as const;

/** What the alarms' rules wait for, how far the event log was worked off, and the sensors they are about. */
export function createWatchesRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const present = schema.selectFrom('sensors').select(COLUMNS).where('deleted_at', 'is', null);
  const on = present.where('enabled', '=', 1);

  function about(rule: AlarmRule) {
    let query = on;
    if (rule.sensorId !== null) query = query.where('id', '=', rule.sensorId);
    if (rule.clientId !== null) query = query.where('client_id', '=', rule.clientId);
    if (rule.kind !== null) query = query.where('kind', '=', rule.kind);
    return query;
  }

  return {
    /** Undefined before the first look. */
    async position(): Promise<number | undefined> {
      const found = schema.selectFrom('sensor_positions').select('position').where('name', '=', POSITION);
      return (await found.executeTakeFirst())?.position;
    },

    /** From one position to the next, or to the same; fails where another replica was faster. */
    advance(tx: Tx, from: number | undefined, to: number): void {
      const insert = schema.insertInto('sensor_positions').values({ name: POSITION, position: to });
      const update = schema
        .updateTable('sensor_positions')
        .set({ position: to })
        .where('name', '=', POSITION);
      const moved =
        from === undefined
          ? insert.onConflict((conflict) => conflict.doNothing())
          : update.where('position', '=', from);
      db.add(tx, moved, { rows: 1, otherwise: MOVED_ON });
    },

    async of(sensorIds: readonly string[]): Promise<KeptWatch[]> {
      const rows = schema.selectFrom('alarm_watches').selectAll();
      return (await rows.where('sensor_id', 'in', idsOf(db, sensorIds)).execute()).map(toWatch);
    },

    async due(now: number, limit: number): Promise<KeptWatch[]> {
      const rows = schema.selectFrom('alarm_watches').selectAll().where('due_at', '<=', now);
      return (await rows.orderBy('due_at').limit(limit).execute()).map(toWatch);
    },

    keep(tx: Tx, watch: KeptWatch): void {
      const { ruleId, sensorId, revision, since, changes, dueAt } = watch;
      const state = { revision, since, changes: JSON.stringify(changes), due_at: dueAt };
      const insert = schema
        .insertInto('alarm_watches')
        .values({ rule_id: ruleId, sensor_id: sensorId, ...state })
        .onConflict((conflict) => conflict.columns(['rule_id', 'sensor_id']).doUpdateSet(state));
      db.add(tx, insert);
    },

    drop(tx: Tx, ruleId: string, sensorId: string): void {
      const rows = schema.deleteFrom('alarm_watches').where('rule_id', '=', ruleId);
      db.add(tx, rows.where('sensor_id', '=', sensorId));
    },

    async sensors(ids: readonly string[]): Promise<WatchedSensor[]> {
      return (await on.where('id', 'in', idsOf(db, ids)).execute()).map(toSensor);
    },

    /** A page of those that a rule is about. */
    async inScope(rule: AlarmRule, limit: number): Promise<WatchedSensor[]> {
      const page = about(rule).where('id', '>', rule.scanAfter ?? '');
      return (await page.orderBy('id').limit(limit).execute()).map(toSensor);
    },

    /** Those that were last heard at that time or earlier and have no active alarm of the rule; longest silent first. */
    async silentSince(rule: AlarmRule, heardUntil: number, limit: number): Promise<WatchedSensor[]> {
      const rows = await about(rule)
        .where('heard_minute', '<=', Math.floor(heardUntil / 60_000))
        .where('heard', '<=', heardUntil * 1_000)
        .where(
          sql<boolean>`not exists (select 1 from alarms where rule_id = ${rule.id} and sensor_id = sensors.id and cleared_at is null)`,
        )
        .orderBy('heard_minute')
        .limit(limit)
        .execute();
      return rows.map(toSensor);
    },
  };
}

function toWatch(row: SensorsSchema['alarm_watches']): KeptWatch {
  return {
    ...{ ruleId: row.rule_id, sensorId: row.sensor_id, revision: row.revision, since: row.since },
    changes: JSON.parse(row.changes) as number[],
    dueAt: row.due_at,
  };
}

function toSensor(row: Pick<SensorRow, (typeof COLUMNS)[number]>): WatchedSensor {
  const { id, client_id: clientId, kind, status, changed_at: changedAt } = row;
  return { id, clientId, kind, status, changedAt };
}
