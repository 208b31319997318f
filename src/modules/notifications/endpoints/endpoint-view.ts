import { toRfc3339 } from '../../../kernel/clock.js';
import type { Endpoint, EndpointHealth } from './endpoint.js';

/** How an endpoint has been answering. */
export interface WebhookHealthOut {
  /** `unknown`: nothing was sent yet. */
  status: 'ok' | 'failing' | 'unknown';
  /** The first failure since the last success. */
  failing_since: string | null;
  last_success_at: string | null;
  last_failure_at: string | null;
  last_error: string | null;
}

/** A webhook as its owners see it; never its secret. */
export interface WebhookOut {
  id: string;
  /** Gets this client's events alone. */
  client_id: string | null;
  channel: 'webhook' | 'telegram';
  url: string | null;
  chat_id: string | null;
  description: string | null;
  event_types: string[];
  /** What events must be like: by member of `data` (`data.status`), and for `subject`, the values of which they have one. */
  filter: { [member: string]: (string | number | boolean | null)[] } | null;
  enabled: boolean;
  disabled_reason: 'by-hand' | 'gone' | 'failing' | null;
  disabled_at: string | null;
  /** Seconds before each further attempt; null for the default. */
  retry_schedule_s: number[] | null;
  rate_per_s: number | null;
  concurrency: number | null;
  /** Until when the secret before the last rotation signs too; null where none does. */
  previous_secret_until: string | null;
  health: WebhookHealthOut;
  created_at: string;
  created_by: string;
  updated_at: string;
}

const time = (at: number | null): string | null => (at === null ? null : toRfc3339(at));

export function webhookView(endpoint: Endpoint, health: EndpointHealth | undefined, now: number): WebhookOut {
  const { previousUntil } = endpoint;
  return {
    id: endpoint.id,
    client_id: endpoint.clientId,
    channel: endpoint.channel,
    url: endpoint.url,
    chat_id: endpoint.chatId,
    description: endpoint.description,
    event_types: [...endpoint.eventTypes],
    filter: endpoint.filter as WebhookOut['filter'],
    enabled: endpoint.enabled,
    disabled_reason: endpoint.disabledReason,
    disabled_at: time(endpoint.disabledAt),
    retry_schedule_s: endpoint.retryScheduleS && [...endpoint.retryScheduleS],
    rate_per_s: endpoint.ratePerS,
    concurrency: endpoint.concurrency,
    previous_secret_until: previousUntil !== null && previousUntil > now ? time(previousUntil) : null,
    health: healthView(health),
    created_at: toRfc3339(endpoint.createdAt),
    created_by: endpoint.createdBy,
    updated_at: toRfc3339(endpoint.updatedAt),
  };
}

function healthView(health: EndpointHealth | undefined): WebhookHealthOut {
  const { failingSince = null, lastSuccessAt = null, lastFailureAt = null, lastError = null } = health ?? {};
  const isKnown = lastSuccessAt !== null || lastFailureAt !== null;
  const known = failingSince === null ? 'ok' : 'failing';
  return {
    status: isKnown ? known : 'unknown',
    failing_since: time(failingSince),
    last_success_at: time(lastSuccessAt),
    last_failure_at: time(lastFailureAt),
    last_error: lastError,
  };
}
