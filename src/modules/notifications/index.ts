import type { BodyDigest } from '../../kernel/body-digest.js';
import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import { isUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Seal } from '../../kernel/seal.js';
import type { Database, Leadership } from '../../platform/db/database.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import { DeliveriesController } from './deliveries.controller.js';
import { createDeliveriesApi } from './deliveries/deliveries-api.js';
import { createDeliveriesQueries } from './deliveries/deliveries.queries.js';
import { createDeliveriesRepository } from './deliveries/deliveries.repository.js';
import { deliveryView } from './deliveries/delivery-view.js';
import { DELIVERIES_CHANNEL, createFanOut } from './deliveries/fan-out.js';
import { announce, createLogReader } from './deliveries/read-log.js';
import type { SendTelegram } from './deliveries/telegram-text.js';
import { createDeliveryEvents } from './delivery-events.js';
import { createAddressGuard } from './endpoints/address-guard.client.js';
import type { ResolveHost } from './endpoints/address-guard.client.js';
import { webhookView } from './endpoints/endpoint-view.js';
import { createEndpointsRepository } from './endpoints/endpoints.repository.js';
import { mayBeDelivered } from './endpoints/event-pattern.js';
import { createHostJudge } from './endpoints/judge-host.client.js';
import { createWebhooksApi } from './endpoints/webhooks-api.js';
import type { Caller } from './endpoints/webhooks-api.js';
import { createMeter } from './meter.js';
import { notificationMessages } from './notification-messages.js';
import { createRetention } from './retention.js';
import { createSender } from './sending/sender.js';
import { createWebhookClient } from './sending/webhook.client.js';
import { WebhooksController } from './webhooks.controller.js';

export type { SendTelegram } from './deliveries/telegram-text.js';
export { notificationMigrations } from './notifications.migrations.js';

export interface NotificationsConfig {
  /** CIDR ranges of private networks that webhooks may lead to. */
  allowedNetworks: readonly string[];
  /** From the request to its status. */
  timeoutMs: number;
  /** Requests to one endpoint at once, where it does not say. */
  concurrency: number;
  /** Requests to all endpoints at once. */
  mostInFlight: number;
  mostEndpoints: number;
  /** An endpoint that has only failed for this long is disabled. */
  disableAfterMs: number;
  /** How long deliveries are kept. */
  keepMs: number;
  idempotencyTtlMs: number;
}

export interface NotificationsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  metrics: Metrics;
  /** From 0 to 1. */
  random: () => number;
  live: { isWatched: (subject: string) => boolean; tell: (event: NewEvent) => void };
  /** Every type of event that there is. */
  eventTypes: () => readonly string[];
  /** Whether there is a client of the id. */
  clientExists: (id: string) => Promise<boolean>;
  /** Where a bot is configured. */
  sendTelegram?: SendTelegram;
  /** What secrets are stored with. */
  seal: Seal;
  /** Knows bodies that came with an Idempotency-Key. */
  digest: BodyDigest;
  /** How host names are resolved. Default: as the system does. */
  resolveHost?: ResolveHost;
  userAgent: string;
  /** PEM of certificate authorities beside the known ones. */
  ca?: string;
  config: NotificationsConfig;
}

export type NotificationsModule = ReturnType<typeof createNotificationsModule>;

const NEWEST = 100;
const ALL: Caller = { name: 'live', role: 'viewer' };

/** Who wants to hear of which events, and the telling: webhooks, and Telegram where there is a bot. */
export function createNotificationsModule(deps: NotificationsDeps) {
  const { db, clock, log, events, config, sendTelegram } = deps;
  const repository = createDeliveriesRepository(db);
  const queries = createDeliveriesQueries(db);
  const endpoints = createEndpointsRepository(db);
  const guard = createAddressGuard(config.allowedNetworks, deps.resolveHost);
  const client = createWebhookClient({ ...deps, ...config, guard });
  const checks = {
    eventTypes: () => deps.eventTypes().filter(mayBeDelivered),
    clientExists: deps.clientExists,
    judgeHost: createHostJudge(guard, clock),
    hasTelegram: sendTelegram !== undefined,
  };
  const webhooks = createWebhooksApi({ ...deps, ...config, endpoints, checks });
  const deliveries = createDeliveriesApi({ ...deps, ...config, queries, repository, webhooks });
  const deliveryEvents = createDeliveryEvents({ clock, events, ...deps.live });
  const fanOut = createFanOut({ db, clock, events, repository, endpoints, sendTelegram, onMade: made });
  const reader = createLogReader({ fanOut, events, clock, log });
  const sender = createSender({
    ...{ ...deps, queries, repository, endpoints, client },
    also: deliveryEvents.store,
    onRecorded: deliveryEvents.tell,
    onAttempt: (outcome, durationMs) => meter.attempt(outcome, durationMs),
    disable,
  });
  const retention = createRetention({ db, clock, log, queries, repository, keepMs: config.keepMs });
  const meter = createMeter(deps.metrics, {
    inFlight: sender.inFlight,
    pending: (most) => queries.countPending(most),
    lag: fanOut.lag,
  });
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;

  function made(count: number): void {
    meter.made(count);
  }

  async function disable(id: Uuid, reason: 'gone' | 'failing'): Promise<void> {
    try {
      if (!(await webhooks.disable(id, reason))) return;
      meter.disabled(reason);
      log.warn({ webhook: id, reason }, 'a webhook was disabled');
    } catch (error) {
      // The next answer of the kind says so again.
      log.warn({ webhook: id, reason, error: messageOf(error) }, 'a webhook could not be disabled');
    }
  }

  const isFailing = (): boolean => reader.isFailing() || sender.isFailing();
  const state = (): PartState =>
    isFailing()
      ? { status: 'degraded', detail: 'deliveries wait: the database is away, or a secret cannot be opened' }
      : { status: 'ok' };

  return {
    name: 'notifications',
    api: {
      /**
       * Makes the deliveries of a scheduled event type (`sensor.status-changed`), of all its events that were committed
       * before the call, each once. On any replica. Rejects with `unavailable` while the database is away.
       */
      announce: (type: string): Promise<{ made: number }> => announce({ fanOut, events }, type),
      webhooks,
    },
    controllers: [
      new WebhooksController(webhooks, deliveries, () => clock.now()),
      new DeliveriesController(webhooks, deliveries),
    ],
    topics: topics(),
    messages: notificationMessages,
    parts: () => ({ webhooks: state() }),
    start(): Promise<void> {
      forget = db.onNudge(DELIVERIES_CHANNEL, sender.wake);
      leadership = db.lead('webhooks', {
        start() {
          reader.start();
          sender.start();
          retention.start();
        },
        stop: async () => {
          await Promise.all([reader.stop(), sender.stop(), retention.stop()]);
        },
      });
      return Promise.resolve();
    },
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await client.stop();
    },
  };

  function topics(): LiveTopic[] {
    return [
      {
        name: 'deliveries',
        snapshot: async () => ({ items: (await queries.newest(NEWEST)).map(deliveryView) }),
        async snapshotOf(key) {
          const delivery = isUuid(key) ? await queries.get(key) : undefined;
          return delivery && deliveryView(delivery);
        },
      },
      {
        name: 'webhooks',
        snapshot: async () => ({ items: await shownAll() }),
        snapshotOf: async (key) => {
          const endpoint = await webhooks.require(key, ALL);
          const health = await webhooks.health([endpoint.id]);
          return webhookView(endpoint, health.get(endpoint.id), clock.now());
        },
      },
    ];
  }

  async function shownAll() {
    const page = await webhooks.list({ limit: NEWEST }, ALL);
    const health = await webhooks.health(page.map(({ id }) => id));
    return page.map((endpoint) => webhookView(endpoint, health.get(endpoint.id), clock.now()));
  }
}
