import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import type { AlarmRuleRow, SensorsSchema } from '../sensors.schema.js';
import type { AlarmRule, Condition, Severity } from './alarm-rule.js';

/** The `TxConflict` reason of a rule that somebody else has changed. */
export const RULE_CHANGED = 'alarm-rules.changed';
/** All of them are held in memory by whoever watches. */
export const MOST_RULES = 1_000;

export type AlarmRulesRepository = ReturnType<typeof createAlarmRulesRepository>;

export function createAlarmRulesRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const present = schema.selectFrom('alarm_rules').selectAll().where('deleted_at', 'is', null);
  return {
    insert: (tx: Tx, rule: AlarmRule): void =>
      void db.add(tx, schema.insertInto('alarm_rules').values(rowOf(rule))),

    async get(id: string): Promise<AlarmRule | undefined> {
      const row = await present.where('id', '=', id).executeTakeFirst();
      return row && toRule(row);
    },

    /** Oldest first, after the id. */
    async list(after: string | undefined, limit: number): Promise<AlarmRule[]> {
      const rows = after === undefined ? present : present.where('id', '>', after);
      return (await rows.orderBy('id').limit(limit).execute()).map(toRule);
    },

    /** In place of the version before it. */
    replace(tx: Tx, rule: AlarmRule): void {
      const update = schema.updateTable('alarm_rules').set(rowOf(rule)).where('id', '=', rule.id);
      const unchanged = update.where('version', '=', rule.version - 1).where('deleted_at', 'is', null);
      db.add(tx, unchanged, { rows: 1, otherwise: RULE_CHANGED });
    },

    /** How far the look at what was so before the rule has come; for this revision alone. */
    scanned(tx: Tx, { id, revision }: AlarmRule, scanAfter: string | null): void {
      const update = schema.updateTable('alarm_rules').set({ scan_after: scanAfter });
      db.add(tx, update.where('id', '=', id).where('revision', '=', revision));
    },

    remove(tx: Tx, { id, version }: AlarmRule, at: number): void {
      const update = schema.updateTable('alarm_rules').set({ deleted_at: at }).where('id', '=', id);
      const unchanged = update.where('version', '=', version).where('deleted_at', 'is', null);
      db.add(tx, unchanged, { rows: 1, otherwise: RULE_CHANGED });
    },
  };
}

function rowOf(rule: AlarmRule): AlarmRuleRow {
  return {
    ...{ id: rule.id, name: rule.name, severity: rule.severity, for_ms: rule.forMs },
    condition: JSON.stringify(rule.condition),
    ...{ client_id: rule.clientId, sensor_id: rule.sensorId, kind: rule.kind, enabled: rule.enabled ? 1 : 0 },
    ...{ version: rule.version, revision: rule.revision, scan_after: rule.scanAfter, deleted_at: null },
    ...{ since_position: rule.sincePosition, created_at: rule.createdAt, created_by: rule.createdBy },
  };
}

function toRule(row: AlarmRuleRow): AlarmRule {
  return {
    ...{ id: row.id, name: row.name, severity: row.severity as Severity, forMs: row.for_ms },
    condition: JSON.parse(row.condition) as Condition,
    ...{ clientId: row.client_id, sensorId: row.sensor_id, kind: row.kind, enabled: row.enabled === 1 },
    ...{ version: row.version, revision: row.revision, scanAfter: row.scan_after },
    ...{ sincePosition: row.since_position, createdAt: row.created_at, createdBy: row.created_by },
  };
}
