import Table from 'cli-table3';
import { readCliEnvironment } from './cli-environment.js';
import type { ReceivedWebhook } from './listen.js';
import { printable } from './terminal-text.js';
import type { ApiDelivery, ApiWebhook } from './webhooks-client.js';

const LONGEST = 60;

function table(head: string[], rows: readonly (readonly string[])[]): string {
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const style = { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true };
  const built = new Table({ head, style });
  for (const row of rows) built.push(row.map((cell) => shortened(printable(cell))));
  return built.toString();
}

function shortened(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

export function webhookTable(webhooks: readonly ApiWebhook[]): string {
  return table(
    ['Where', 'Event types', 'State', 'Health', 'Last success', 'Id'],
    webhooks.map(({ id, channel, url, chat_id, event_types, enabled, disabled_reason, health }) => [
      channel === 'telegram' ? `Telegram ${chat_id ?? ''}` : (url ?? ''),
      event_types.join(', '),
      enabled ? 'enabled' : `disabled (${disabled_reason ?? ''})`,
      health.status === 'failing' ? `failing: ${health.last_error ?? ''}` : health.status,
      health.last_success_at ?? '',
      id,
    ]),
  );
}

export function deliveryTable(deliveries: readonly ApiDelivery[]): string {
  return table(
    ['Made', 'Event', 'Subject', 'Status', 'Attempts', 'Last', 'Id'],
    deliveries.map(
      ({ id, created_at, event_type, subject, status, attempt_count, last_error, last_status }) => [
        created_at,
        event_type,
        subject,
        status,
        String(attempt_count),
        last_error ?? String(last_status ?? ''),
        id,
      ],
    ),
  );
}

/** What became of a delivery that was waited for. */
export function deliveryLine({
  status,
  attempt_count,
  last_status,
  last_error,
  next_attempt_at,
}: ApiDelivery): string {
  if (status === 'delivered') return `delivered, answered ${last_status}`;
  const why = last_error ?? 'not tried yet';
  if (status === 'failed') return `failed after ${attempt_count} attempts: ${printable(why)}`;
  return `on its way: ${printable(why)}${next_attempt_at === null ? '' : `; next attempt at ${next_attempt_at}`}`;
}

/** One line for a request that a local receiver got. */
export function receivedLine({ id, isVerified, problem, body }: ReceivedWebhook): string {
  const event = eventOf(body);
  const judged = isVerified === null ? '?' : isVerified ? '✓' : '✗';
  const what = [event.time, event.type, event.subject].map((part) => (typeof part === 'string' ? part : '-'));
  return printable([judged, ...what, id, problem ?? ''].join(' ').trimEnd());
}

function eventOf(body: string): { time?: unknown; type?: unknown; subject?: unknown } {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
