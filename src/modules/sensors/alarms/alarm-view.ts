import { toRfc3339 } from '../../../kernel/clock.js';
import type { Alarm } from './alarm.js';
import type { AlarmRule } from './alarm-rule.js';

export interface AlarmOut {
  id: string;
  rule_id: string;
  /** The rule's, when it was raised. */
  name: string;
  severity: 'info' | 'minor' | 'major' | 'critical';
  sensor_id: string;
  client_id: string;
  /** The sensor's, when it was raised. */
  status: string | null;
  active: boolean;
  acknowledged: boolean;
  raised_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  note: string | null;
}

export interface AlarmRuleOut {
  id: string;
  name: string;
  severity: 'info' | 'minor' | 'major' | 'critical';
  condition: 'status' | 'silent' | 'flapping';
  /** For `status`. */
  statuses: string[] | null;
  /** For `flapping`: so many changes. */
  changes: number | null;
  /** For `flapping`: within so many seconds. */
  within_s: number | null;
  /** Seconds for which it must be so. */
  for_s: number;
  client_id: string | null;
  sensor_id: string | null;
  kind: string | null;
  enabled: boolean;
  created_at: string;
  created_by: string;
}

export function alarmView(alarm: Alarm): AlarmOut {
  return {
    id: alarm.id,
    rule_id: alarm.ruleId,
    name: alarm.ruleName,
    severity: alarm.severity,
    sensor_id: alarm.sensorId,
    client_id: alarm.clientId,
    status: alarm.status,
    active: alarm.clearedAt === null,
    acknowledged: alarm.acknowledgedAt !== null,
    raised_at: toRfc3339(alarm.raisedAt),
    cleared_at: timeOf(alarm.clearedAt),
    acknowledged_at: timeOf(alarm.acknowledgedAt),
    acknowledged_by: alarm.acknowledgedBy,
    note: alarm.note,
  };
}

export function ruleView(rule: AlarmRule): AlarmRuleOut {
  const { condition } = rule;
  const flapping = condition.kind === 'flapping' ? condition : undefined;
  return {
    id: rule.id,
    name: rule.name,
    severity: rule.severity,
    condition: condition.kind,
    statuses: condition.kind === 'status' ? [...condition.statuses] : null,
    changes: flapping?.changes ?? null,
    within_s: flapping ? flapping.withinMs / 1_000 : null,
    for_s: rule.forMs / 1_000,
    client_id: rule.clientId,
    sensor_id: rule.sensorId,
    kind: rule.kind,
    enabled: rule.enabled,
    created_at: toRfc3339(rule.createdAt),
    created_by: rule.createdBy,
  };
}

function timeOf(epochMs: number | null): string | null {
  return epochMs === null ? null : toRfc3339(epochMs);
}
