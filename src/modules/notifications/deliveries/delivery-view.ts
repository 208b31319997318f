import { toRfc3339 } from '../../../kernel/clock.js';
import type { Attempt, Delivery } from './delivery.js';

/** One event on its way to one webhook. */
export interface DeliveryOut {
  /** The `webhook-id` that the receiver sees, the same over all attempts and resends. */
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: string;
  subject: string;
  status: 'pending' | 'delivered' | 'failed';
  /** Attempts made so far. */
  attempt_count: number;
  /** When it is tried next; null when it ended, and while it waits for an earlier one of its subject. */
  next_attempt_at: string | null;
  /** The status that the last attempt was answered with. */
  last_status: number | null;
  last_error: string | null;
  created_at: string;
  ended_at: string | null;
}

export interface AttemptOut {
  number: number;
  at: string;
  duration_ms: number;
  /** The status that came; null where none did. */
  status: number | null;
  error: string | null;
  /** The beginning of the answer's body, at most 4 KiB. */
  excerpt: string | null;
}

export function deliveryView(delivery: Delivery): DeliveryOut {
  const isDue = delivery.state === 'pending' && delivery.isHead;
  return {
    id: delivery.id,
    webhook_id: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    subject: delivery.subject,
    status: delivery.state,
    attempt_count: delivery.attempts,
    next_attempt_at: isDue ? toRfc3339(delivery.dueAt) : null,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    created_at: toRfc3339(delivery.createdAt),
    ended_at: delivery.endedAt === null ? null : toRfc3339(delivery.endedAt),
  };
}

export function attemptView({ number, at, durationMs, status, error, excerpt }: Attempt): AttemptOut {
  return { number, at: toRfc3339(at), duration_ms: durationMs, status, error, excerpt };
}
