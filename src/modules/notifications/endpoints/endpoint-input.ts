import type { FieldError } from '../../../kernel/errors.js';
import { AppError, invalidInput } from '../../../kernel/errors.js';
import type { Endpoint, EndpointChannel } from './endpoint.js';
import type { EventFilter } from './event-filter.js';
import { filterFaults } from './event-filter.js';
import { EVENT_PATTERN, mayBeDelivered, unknownPatterns } from './event-pattern.js';
import { isSigningSecret } from './signing-secret.js';

/** What can be set of an endpoint; its form is checked already. */
export interface EndpointFields {
  clientId: string | null;
  channel: EndpointChannel;
  url: string | null;
  chatId: string | null;
  description: string | null;
  eventTypes: readonly string[];
  filter: EventFilter | null;
  enabled: boolean;
  retryScheduleS: readonly number[] | null;
  ratePerS: number | null;
  concurrency: number | null;
}

/** `ok`, or why a URL's host is not to be connected to; `unknown` where that could not be found out now. */
export type HostVerdict = 'ok' | 'private' | 'not-found' | 'unknown';

export interface InputChecks {
  /** The event types that there are. */
  eventTypes: () => readonly string[];
  clientExists: (id: string) => Promise<boolean>;
  judgeHost: (hostname: string) => Promise<HostVerdict>;
  hasTelegram: boolean;
}

const LONGEST_SCHEDULE_S = 7 * 86_400;

/** Rejects with a 422 that names every fault. `before`: what is there already is not looked at again. */
export async function checkFields(
  checks: InputChecks,
  fields: EndpointFields,
  secret?: string,
  before?: Endpoint,
): Promise<void> {
  const faults = [
    ...typeFaults(checks, fields, before),
    ...(fields.filter ? filterFaults(fields.filter) : []),
    ...scheduleFaults(fields),
    ...(secret === undefined ? [] : secretFaults(secret)),
    ...(await clientFaults(checks, fields, before)),
    ...(fields.channel === 'telegram'
      ? telegramFaults(checks, fields)
      : await urlFaults(checks, fields, before)),
  ];
  if (faults.length > 0) throw invalidInput(faults);
}

function typeFaults({ eventTypes }: InputChecks, fields: EndpointFields, before?: Endpoint): FieldError[] {
  const odd = fields.eventTypes.findIndex((pattern) => !EVENT_PATTERN.test(pattern));
  if (odd >= 0) {
    const detail = 'must be an event type, a group of them like task.*, or *';
    return [{ pointer: `/event_types/${odd}`, detail }];
  }
  const known = eventTypes().filter(mayBeDelivered);
  const unknown = unknownPatterns(fields.eventTypes, known).filter(
    (one) => !before?.eventTypes.includes(one),
  );
  return unknown.map((pattern) => ({
    pointer: `/event_types/${fields.eventTypes.indexOf(pattern)}`,
    detail: `must be among the event types that GET /api/v1/event-types lists, got "${pattern}"`,
  }));
}

function scheduleFaults({ retryScheduleS }: EndpointFields): FieldError[] {
  const sum = (retryScheduleS ?? []).reduce((total, pauseS) => total + pauseS, 0);
  if (sum <= LONGEST_SCHEDULE_S) return [];
  const detail = `must end within 7 days (${LONGEST_SCHEDULE_S} s in all), got ${sum} s`;
  return [{ pointer: '/retry_schedule_s', detail }];
}

function secretFaults(secret: string): FieldError[] {
  if (isSigningSecret(secret)) return [];
  return [{ pointer: '/secret', detail: 'must be whsec_ and 24 to 64 bytes in base64' }];
}

async function clientFaults(
  { clientExists }: InputChecks,
  { clientId }: EndpointFields,
  before?: Endpoint,
): Promise<FieldError[]> {
  if (clientId === null || clientId === before?.clientId || (await clientExists(clientId))) return [];
  return [{ pointer: '/client_id', detail: 'must be the id of a client' }];
}

function telegramFaults({ hasTelegram }: InputChecks, { chatId, url }: EndpointFields): FieldError[] {
  if (!hasTelegram) {
    throw new AppError('Telegram is not configured here', { code: 'webhooks.no-telegram', kind: 'conflict' });
  }
  const faults: FieldError[] = [];
  if (chatId === null) faults.push({ pointer: '/chat_id', detail: 'is required for the channel telegram' });
  if (url !== null) faults.push({ pointer: '/url', detail: 'is only for the channel webhook' });
  return faults;
}

async function urlFaults(
  checks: InputChecks,
  fields: EndpointFields,
  before?: Endpoint,
): Promise<FieldError[]> {
  const { url: text, chatId } = fields;
  if (chatId !== null) return [{ pointer: '/chat_id', detail: 'is only for the channel telegram' }];
  if (text === null) return [{ pointer: '/url', detail: 'is required for the channel webhook' }];
  if (text === before?.url) return [];
  const detail = formFault(text) ?? hostFault(await checks.judgeHost(new URL(text).hostname));
  return detail === undefined ? [] : [{ pointer: '/url', detail }];
}

function formFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an http:// or https:// URL';
  if (url.username !== '' || url.password !== '') return 'must hold no user name and no password';
  return url.hash === '' ? undefined : 'must have no fragment (#…)';
}

function hostFault(verdict: HostVerdict): string | undefined {
  if (verdict === 'private') {
    return 'must lead to a public address: private, loopback and link-local ones are refused unless the operator allows their network';
  }
  return verdict === 'not-found' ? 'must have a host name that is known' : undefined;
}
