/** How bad it is, least first. */
export const SEVERITIES = ['info', 'minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * `status`: the sensor is in one of these states. `silent`: nothing was heard of it for the rule's duration.
 * `flapping`: its status changed that often within a time.
 */
export type Condition =
  | { kind: 'status'; statuses: readonly string[] }
  | { kind: 'silent' }
  | { kind: 'flapping'; changes: number; withinMs: number };

/** When an alarm is raised, and of which sensors: all that is set must fit. */
export interface AlarmRule {
  id: string;
  name: string;
  severity: Severity;
  condition: Condition;
  /** How long it must be so before the alarm is raised; 0: at once. */
  forMs: number;
  clientId: string | null;
  sensorId: string | null;
  /** Of the sensor. */
  kind: string | null;
  enabled: boolean;
  version: number;
  /** Grows with each change but that of the name; alarms of an older one are cleared. */
  revision: number;
  /** The last sensor that was looked at for what was so before the rule; null when all were. */
  scanAfter: string | null;
  /** In the event log, when this revision was made: changes before it are not for it. */
  sincePosition: number;
  createdAt: number;
  createdBy: string;
}

/** What of a sensor decides whether a rule is about it. */
export interface RuleSubject {
  id: string;
  clientId: string;
  kind: string;
}

export function isAbout(
  { clientId, sensorId, kind }: Pick<AlarmRule, 'clientId' | 'sensorId' | 'kind'>,
  sensor: RuleSubject,
): boolean {
  return (
    (clientId === null || clientId === sensor.clientId) &&
    (sensorId === null || sensorId === sensor.id) &&
    (kind === null || kind === sensor.kind)
  );
}
