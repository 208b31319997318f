import { AppError } from '../../../kernel/errors.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { EventFilter } from './event-filter.js';

export type EndpointChannel = 'webhook' | 'telegram';

/** `by-hand`: somebody switched it off. `gone`: it answered 410. `failing`: nothing but failures for days. */
export type DisabledReason = 'by-hand' | 'gone' | 'failing';

/** Who hears of which events, and where. Times are epoch ms. Its secrets are kept apart. */
export interface Endpoint {
  id: Uuid;
  /** Gets this client's events alone. */
  clientId: string | null;
  channel: EndpointChannel;
  /** Of a webhook. */
  url: string | null;
  /** Of a Telegram subscription. */
  chatId: string | null;
  description: string | null;
  /** `task.failed`, `task.*`, `*`. */
  eventTypes: readonly string[];
  filter: EventFilter | null;
  enabled: boolean;
  disabledReason: DisabledReason | null;
  disabledAt: number | null;
  /** Seconds before the second attempt, the third, and so on. */
  retryScheduleS: readonly number[] | null;
  ratePerS: number | null;
  concurrency: number | null;
  /** Until when the secret before the last rotation signs too. */
  previousUntil: number | null;
  /** In the event log, when it was made or enabled: what lies before is not for it. */
  sincePosition: number;
  version: number;
  createdAt: number;
  createdBy: string;
  updatedAt: number;
}

/** Sealed, as they are stored. */
export interface EndpointSecrets {
  secret: string;
  previous: string | null;
  previousUntil: number | null;
}

export interface EndpointHealth {
  /** The first failure since the last success. */
  failingSince: number | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  lastError: string | null;
}

/** What an endpoint's secrets are sealed for. */
export function sealContext(id: Uuid): string {
  return `webhook:${id}`;
}

export function endpointNotFound(): AppError {
  return new AppError('Webhook not found', { code: 'webhooks.not-found', kind: 'not-found' });
}

export function endpointDisabled(): AppError {
  const message = 'The webhook is disabled: enable it first';
  return new AppError(message, { code: 'webhooks.disabled', kind: 'conflict' });
}
