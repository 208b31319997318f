/** Rows of this module's tables; day tables of the status log stand behind `sensor_log` on PostgreSQL. */
export interface SensorsSchema {
  clients: ClientRow;
  sensors: SensorRow;
  sensors_idempotency: IdempotencyRow;
  sensor_log_days: LogDayRow;
  sensor_accounting: AccountingRow;
  sensor_refusals: RefusalRow;
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
