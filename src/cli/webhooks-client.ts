import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client.js';

export interface ApiWebhook {
  id: string;
  client_id: string | null;
  channel: string;
  url: string | null;
  chat_id: string | null;
  event_types: string[];
  enabled: boolean;
  disabled_reason: string | null;
  health: { status: string; last_success_at: string | null; last_error: string | null };
}

export interface ApiDelivery {
  id: string;
  webhook_id: string;
  event_type: string;
  subject: string;
  status: 'pending' | 'delivered' | 'failed';
  attempt_count: number;
  next_attempt_at: string | null;
  last_status: number | null;
  last_error: string | null;
  created_at: string;
}

const WEBHOOKS = '/api/v1/webhooks';
const DELIVERIES = '/api/v1/deliveries';
const LOOK_EVERY_MS = 200;

/** The calls about webhooks and their deliveries. */
export function createWebhooksClient(client: ApiClient) {
  async function pages<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    limit: number,
  ): Promise<T[]> {
    const found: T[] = [];
    const search = new URLSearchParams({ ...query, limit: String(Math.min(limit, 1_000)) });
    for (let next: string | undefined = `${path}?${search.toString()}`; next && found.length < limit;) {
      const page: { body: { items: T[] }; next: string | undefined } = await client.page(next);
      found.push(...page.body.items);
      next = page.next;
    }
    return found.slice(0, limit);
  }

  const at = (collection: string, id: string, act = ''): string =>
    `${collection}/${encodeURIComponent(id)}${act}`;
  const post = async <T>(path: string, body?: object): Promise<T> =>
    (await client.page<T>(path, { method: 'POST', once: true, ...(body && { body }) })).body;

  return {
    list: (limit: number): Promise<ApiWebhook[]> => pages(WEBHOOKS, {}, limit),
    deliveries: (
      id: string,
      query: Readonly<Record<string, string>>,
      limit: number,
    ): Promise<ApiDelivery[]> => pages(at(WEBHOOKS, id, '/deliveries'), query, limit),
    delivery: async (id: string): Promise<ApiDelivery> =>
      (await client.page<ApiDelivery>(at(DELIVERIES, id))).body,
    /** With its secret, which nobody can show again. */
    async add(webhook: object): Promise<ApiWebhook & { secret: string }> {
      const headers = { 'idempotency-key': randomUUID() };
      return (
        await client.page<ApiWebhook & { secret: string }>(WEBHOOKS, {
          method: 'POST',
          body: webhook,
          headers,
        })
      ).body;
    },
    test: (id: string): Promise<ApiDelivery> => post(at(WEBHOOKS, id, '/test')),
    resend: (id: string): Promise<ApiDelivery> => post(at(DELIVERIES, id, '/resend')),
    resendRange: (id: string, range: object): Promise<{ resent: number; more: boolean }> =>
      post(at(WEBHOOKS, id, '/resend'), range),
    /** Looks until it has been tried once more than `before` times, or is not on its way any more. */
    async tried(id: string, before: number, timeoutMs: number, signal: AbortSignal): Promise<ApiDelivery> {
      const giveUpAt = performance.now() + timeoutMs;
      for (;;) {
        const delivery = await this.delivery(id);
        const isTried = delivery.attempt_count > before || delivery.status !== 'pending';
        if (isTried || performance.now() > giveUpAt) return delivery;
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    },
  };
}
