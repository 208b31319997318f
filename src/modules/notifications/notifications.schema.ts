import type { Generated } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { DeliveryState } from './deliveries/delivery.js';
import type { DisabledReason, EndpointChannel } from './endpoints/endpoint.js';

/** JSON stands as text; times are epoch ms. */
export interface NotificationsSchema {
  webhook_endpoints: EndpointsTable;
  webhook_health: HealthTable;
  /** One row: how far the event log was read, and how often the endpoints were changed. */
  webhook_state: { id: number; position: number; scheduled_position: number; revision: number };
  /** What is sent, once for all endpoints that get it. */
  webhook_messages: { event_id: string; body: string; created_at: number };
  webhook_deliveries: DeliveriesTable;
  webhook_attempts: AttemptsTable;
}

export interface EndpointsTable {
  id: Uuid;
  client_id: string | null;
  channel: EndpointChannel;
  url: string | null;
  chat_id: string | null;
  description: string | null;
  event_types: string;
  filter: string | null;
  enabled: number;
  disabled_reason: DisabledReason | null;
  disabled_at: number | null;
  retry_schedule: string | null;
  rate_per_s: number | null;
  concurrency: number | null;
  /** Sealed. */
  secret: string;
  /** Sealed; signs too until `previous_until`. */
  previous_secret: string | null;
  previous_until: number | null;
  since_position: number;
  version: number;
  created_at: number;
  created_by: string;
  updated_at: number;
  deleted_at: number | null;
  /** Caller and Idempotency-Key of the call that made it, and the hash of that call's body. */
  idempotency_key: string | null;
  idempotency_hash: string | null;
}

export interface HealthTable {
  endpoint_id: Uuid;
  /** The first failure since the last success. */
  failing_since: number | null;
  last_success_at: number | null;
  last_failure_at: number | null;
  last_error: string | null;
}

export interface DeliveriesTable {
  /** The order in which deliveries were made. */
  seq: Generated<number>;
  id: Uuid;
  endpoint_id: Uuid;
  event_id: string;
  event_type: string;
  subject: string;
  state: DeliveryState;
  /** 1: the one of its endpoint and subject that may be sent; there is never a second. */
  head: number;
  due_at: number;
  /** Made so far. */
  attempts: number;
  /** Made since it was last put on its way: where it is in the retry schedule. */
  tries: number;
  last_status: number | null;
  last_error: string | null;
  created_at: number;
  ended_at: number | null;
}

export interface AttemptsTable {
  delivery_seq: number;
  number: number;
  at: number;
  duration_ms: number;
  status: number | null;
  error: string | null;
  excerpt: string | null;
}
