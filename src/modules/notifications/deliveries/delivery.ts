import { AppError } from '../../../kernel/errors.js';
import type { Uuid } from '../../../kernel/ids.js';

/** `pending`: waits for its first or next attempt, or for an earlier one of its subject. */
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** One event on its way to one endpoint. Times are epoch ms. */
export interface Delivery {
  seq: number;
  /** The `webhook-id`: the same over all attempts and resends. */
  id: Uuid;
  endpointId: Uuid;
  eventId: string;
  eventType: string;
  subject: string;
  state: DeliveryState;
  /** False while it waits for an earlier one of its subject. */
  isHead: boolean;
  dueAt: number;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: number;
  endedAt: number | null;
}

export interface Attempt {
  number: number;
  at: number;
  durationMs: number;
  /** The status that came; null where none did. */
  status: number | null;
  /** Why it was no success; null where it was. */
  error: string | null;
  /** The beginning of the answer's body, at most 4 KiB. */
  excerpt: string | null;
}

export function deliveryNotFound(): AppError {
  return new AppError('Delivery not found', { code: 'deliveries.not-found', kind: 'not-found' });
}

export function deliveryRemoved(): AppError {
  const message = 'The delivery is older than what is kept';
  return new AppError(message, { code: 'deliveries.removed', kind: 'gone' });
}
