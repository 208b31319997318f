import type { EndpointsTable } from '../notifications.schema.js';
import type { Endpoint } from './endpoint.js';
import type { EventFilter } from './event-filter.js';

/** All but the secrets, which no listing reads. */
export const ENDPOINT_COLUMNS = [
  'id',
  'client_id',
  'channel',
  'url',
  'chat_id',
  'description',
  'event_types',
  'filter',
  'enabled',
  'disabled_reason',
  'disabled_at',
  'retry_schedule',
  'rate_per_s',
  'concurrency',
  'previous_until',
  'since_position',
  'version',
  'created_at',
  'created_by',
  'updated_at',
] as const satisfies readonly (keyof EndpointsTable)[];

export type EndpointRow = Pick<EndpointsTable, (typeof ENDPOINT_COLUMNS)[number]>;

export function rowOfEndpoint(endpoint: Endpoint): EndpointRow {
  return {
    id: endpoint.id,
    client_id: endpoint.clientId,
    channel: endpoint.channel,
    url: endpoint.url,
    chat_id: endpoint.chatId,
    description: endpoint.description,
    event_types: JSON.stringify(endpoint.eventTypes),
    filter: endpoint.filter && JSON.stringify(endpoint.filter),
    enabled: endpoint.enabled ? 1 : 0,
    disabled_reason: endpoint.disabledReason,
    disabled_at: endpoint.disabledAt,
    retry_schedule: endpoint.retryScheduleS && JSON.stringify(endpoint.retryScheduleS),
    rate_per_s: endpoint.ratePerS,
    concurrency: endpoint.concurrency,
    previous_until: endpoint.previousUntil,
    since_position: endpoint.sincePosition,
    version: endpoint.version,
    created_at: endpoint.createdAt,
    created_by: endpoint.createdBy,
    updated_at: endpoint.updatedAt,
  };
}

export function endpointFromRow(row: EndpointRow): Endpoint {
  return {
    id: row.id,
    clientId: row.client_id,
    channel: row.channel,
    url: row.url,
    chatId: row.chat_id,
    description: row.description,
    eventTypes: JSON.parse(row.event_types) as string[],
    filter: row.filter === null ? null : (JSON.parse(row.filter) as EventFilter),
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    retryScheduleS: row.retry_schedule === null ? null : (JSON.parse(row.retry_schedule) as number[]),
    ratePerS: row.rate_per_s,
    concurrency: row.concurrency,
    previousUntil: row.previous_until,
    sincePosition: row.since_position,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
  };
}
