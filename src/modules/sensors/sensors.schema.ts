/** Rows of this module's tables; day tables of the status log stand behind `sensor_log` on PostgreSQL. */
export interface SensorsSchema {
  clients: ClientRow;
  sensors: SensorRow;
  sensors_idempotency: IdempotencyRow;
  sensor_log_days: LogDayRow;
  sensor_accounting: AccountingRow;
  sensor_refusals: RefusalRow;
  sensor_positions: { name: string; position: number };
  alarm_rules: AlarmRuleRow;
  alarm_watches: AlarmWatchRow;
  alarms: AlarmRow;
}

export interface ClientRow {
  id: string;
  name: string;
  version: number;
  created_at: number;
  created_by: string;
  deleted_at: number | null;
}

export interface SensorRow {
  id: string;
  client_id: string;
  external_id: string;
  name: string;
  kind: string;
  enabled: number;
  version: number;
  created_at: number;
  created_by: string;
  deleted_at: number | null;
  status: string | null;
  /** `at` of the newest event. */
  status_at: number | null;
  /** When the status last became another one, epoch ms. */
  changed_at: number | null;
  /** Arrival of the newest event: epoch ms times 1,000, and its place within the millisecond. */
  heard: number;
  /** Its minute: what is silent is found by this, and a sensor that reports writes to the index once a minute. */
  heard_minute: number;
}

interface IdempotencyRow {
  scope: string;
  key: string;
  body_hash: string;
  resource_id: string;
  created_at: number;
}

interface LogDayRow {
  /** `20261121`, UTC. */
  day: string;
  made_at: number;
}

export interface AccountingRow {
  way: string;
  /** Replicas count in rows of their own, so that they do not wait for each other. */
  shard: number;
  came_in: number;
  logged: number;
  late: number;
  duplicate: number;
  refused: number;
  dead_lettered: number;
}

interface RefusalRow {
  way: string;
  reason: string;
  count: number;
}

export interface AlarmRuleRow {
  id: string;
  name: string;
  severity: string;
  /** JSON. */
  condition: string;
  for_ms: number;
  client_id: string | null;
  sensor_id: string | null;
  kind: string | null;
  enabled: number;
  version: number;
  revision: number;
  scan_after: string | null;
  since_position: number;
  created_at: number;
  created_by: string;
  deleted_at: number | null;
}

interface AlarmWatchRow {
  rule_id: string;
  sensor_id: string;
  revision: number;
  since: number | null;
  /** JSON: epoch ms. */
  changes: string;
  due_at: number;
}

export interface AlarmRow {
  id: string;
  rule_id: string;
  rule_name: string;
  rule_revision: number;
  severity: string;
  sensor_id: string;
  client_id: string;
  status: string | null;
  raised_at: number;
  cleared_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  note: string | null;
  version: number;
}
