import type { EndpointFields } from './endpoint-input.js';

/**
 * @minLength 1
 * @maxLength 130
 */
export type EventPatternIn = string;

/**
 * @isInt
 * @minimum 1
 * @maximum 604800
 */
export type RetryPauseIn = number;

/** By member of `data` (`data.status`, `data.a.b`), and for `subject`: the values of which an event must have one. */
export interface EventFilterIn {
  [member: string]: (string | number | boolean | null)[];
}

/** What can be changed of a webhook. */
export interface WebhookPatchIn {
  /**
   * Where events are posted to.
   * @minLength 1
   * @maxLength 2048
   */
  url?: string | null;
  /**
   * The Telegram chat, for the channel telegram.
   * @minLength 1
   * @maxLength 64
   */
  chat_id?: string | null;
  /**
   * @minLength 1
   * @maxLength 200
   */
  description?: string | null;
  /**
   * Event types, groups of them (`task.*`), or `*`.
   * @minItems 1
   * @maxItems 50
   */
  event_types?: EventPatternIn[];
  filter?: EventFilterIn | null;
  enabled?: boolean;
  /**
   * Seconds before each further attempt. Default: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.
   * @maxItems 20
   */
  retry_schedule_s?: RetryPauseIn[] | null;
  /**
   * Requests that begin in a second, at most. Default: any number.
   * @isInt
   * @minimum 1
   * @maximum 10000
   */
  rate_per_s?: number | null;
  /**
   * Requests at once, at most. Default: `WEBHOOKS_CONCURRENCY`.
   * @isInt
   * @minimum 1
   * @maximum 100
   */
  concurrency?: number | null;
}

export interface WebhookIn extends WebhookPatchIn {
  /**
   * Event types, groups of them (`task.*`), or `*`.
   * @minItems 1
   * @maxItems 50
   */
  event_types: EventPatternIn[];
  /** Default: webhook. */
  channel?: 'webhook' | 'telegram';
  /**
   * Gets this client's events alone. A client's webhooks are its own without it.
   * @minLength 1
   * @maxLength 64
   */
  client_id?: string | null;
  /**
   * A secret of your own: `whsec_` and 24 to 64 bytes in base64. Default: a new one.
   * @maxLength 128
   */
  secret?: string;
}

/** What a webhook is made of. */
export function fieldsOf(body: WebhookIn): EndpointFields {
  return {
    clientId: body.client_id ?? null,
    channel: body.channel ?? 'webhook',
    url: body.url ?? null,
    chatId: body.chat_id ?? null,
    description: body.description ?? null,
    eventTypes: [...new Set(body.event_types)],
    filter: body.filter ?? null,
    enabled: body.enabled ?? true,
    retryScheduleS: body.retry_schedule_s ?? null,
    ratePerS: body.rate_per_s ?? null,
    concurrency: body.concurrency ?? null,
  };
}

/** What a merge patch changes. */
export function changesOf(body: WebhookPatchIn): Partial<EndpointFields> {
  return {
    ...(body.url !== undefined && { url: body.url }),
    ...(body.chat_id !== undefined && { chatId: body.chat_id }),
    ...(body.description !== undefined && { description: body.description }),
    ...(body.event_types !== undefined && { eventTypes: [...new Set(body.event_types)] }),
    ...(body.filter !== undefined && { filter: body.filter }),
    ...(body.enabled !== undefined && { enabled: body.enabled }),
    ...(body.retry_schedule_s !== undefined && { retryScheduleS: body.retry_schedule_s }),
    ...(body.rate_per_s !== undefined && { ratePerS: body.rate_per_s }),
    ...(body.concurrency !== undefined && { concurrency: body.concurrency }),
  };
}
