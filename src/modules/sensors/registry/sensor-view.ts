import { toRfc3339 } from '../../../kernel/clock.js';
import type { Client } from './client.js';
import type { Sensor } from './sensor.js';

export interface ClientOut {
  id: string;
  name: string;
  created_at: string;
}

export interface SensorOut {
  id: string;
  client_id: string;
  /** Its name at the client: unique among the client's own. */
  external_id: string;
  name: string;
  kind: string;
  /** Of one that is switched off, no event is taken. */
  enabled: boolean;
  /** Null until its first event. */
  status: string | null;
  /** `at` of its newest event. */
  status_at: string | null;
  created_at: string;
}

export function clientView({ id, name, createdAt }: Client): ClientOut {
  return { id, name, created_at: toRfc3339(createdAt) };
}

export function sensorView(sensor: Sensor): SensorOut {
  return {
    id: sensor.id,
    client_id: sensor.clientId,
    external_id: sensor.externalId,
    name: sensor.name,
    kind: sensor.kind,
    enabled: sensor.enabled,
    status: sensor.status,
    status_at: sensor.statusAt === null ? null : toRfc3339(sensor.statusAt),
    created_at: toRfc3339(sensor.createdAt),
  };
}
