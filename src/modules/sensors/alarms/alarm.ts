import type { Severity } from './alarm-rule.js';

/** What a rule found of a sensor: active until it is cleared, and acknowledged or not in either state. */
export interface Alarm {
  id: string;
  ruleId: string;
  /** As the rule was when it was raised. */
  ruleName: string;
  ruleRevision: number;
  severity: Severity;
  sensorId: string;
  clientId: string;
  /** The sensor's, when it was raised. */
  status: string | null;
  raisedAt: number;
  clearedAt: number | null;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  note: string | null;
  version: number;
}

/** Which alarms: all that is there must hold. */
export interface AlarmFilter {
  active?: boolean | undefined;
  acknowledged?: boolean | undefined;
  severity?: Severity | undefined;
  sensorId?: string | undefined;
  clientId?: string | undefined;
  ruleId?: string | undefined;
}
