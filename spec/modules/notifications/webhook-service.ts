import type { Clock } from '../../../src/kernel/clock.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { EventLog } from '../../../src/kernel/event.js';
import type { Seal } from '../../../src/kernel/seal.js';
import * as generated from '../../../src/generated/routes.js';
import { DeliveriesController } from '../../../src/modules/notifications/deliveries.controller.js';
import type { DeliveryDetailsOut } from '../../../src/modules/notifications/deliveries.controller.js';
import type { DeliveryOut } from '../../../src/modules/notifications/deliveries/delivery-view.js';
import type { WebhookOut } from '../../../src/modules/notifications/endpoints/endpoint-view.js';
import {
  createNotificationsModule,
  notificationMigrations,
} from '../../../src/modules/notifications/index.js';
import type { NotificationsDeps, NotificationsModule } from '../../../src/modules/notifications/index.js';
import { WebhooksController } from '../../../src/modules/notifications/webhooks.controller.js';
import type { WebhookIn } from '../../../src/modules/notifications/endpoints/webhook-in.js';
import type { WebhookWithSecretOut } from '../../../src/modules/notifications/webhooks.controller.js';
import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import type { Principal } from '../../../src/platform/http/request-context.js';
import { createMetrics } from '../../../src/platform/metrics/metrics.js';
import { specDigest } from '../../support/body-digest.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { DATABASES } from '../../support/databases.js';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';
import { RestClient, type Answer } from '../../support/rest-client.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';

const CONTROLLERS: readonly unknown[] = [WebhooksController, DeliveriesController];

const routes = {
  models: generated.models,
  routes: generated.routes.filter(({ controller }) => CONTROLLERS.includes(controller)),
};

export const EVENT_TYPES = ['task.completed', 'task.failed', 'sensor.status-changed', 'webhook.disabled'];

export interface ServiceOptions {
  clock?: Clock;
  config?: Partial<NotificationsDeps['config']>;
  deps?: Partial<NotificationsDeps>;
  db?: Database;
}

/** Seals so that a spec can see that it was sealed, and for what. */
export const specSeal: Seal = {
  seal: (plain, context) => `sealed(${context})${[...plain].reverse().join('')}`,
  open(sealed, context) {
    const head = `sealed(${context})`;
    if (!sealed.startsWith(head)) throw new Error('not sealed for this');
    return [...sealed.slice(head.length)].reverse().join('');
  },
};

/** The notifications module with REST before it, and a receiver. */
export class WebhookService {
  readonly events: EventLog;
  readonly module: NotificationsModule;
  readonly metrics = createMetrics();
  readonly rest: RestClient;
  principal: Principal = { role: 'admin', name: 'a spec' };
  readonly told: string[] = [];

  private constructor(
    readonly db: Database,
    readonly receiver: WebhookReceiver,
    readonly http: HttpFixture,
    parts: { events: EventLog; module: NotificationsModule },
  ) {
    this.events = parts.events;
    this.module = parts.module;
    this.rest = new RestClient(http.url);
  }

  static async start(db: Database, options: ServiceOptions = {}): Promise<WebhookService> {
    const { clock = systemClock } = options;
    const events = createEventLog({ db, clock: systemClock, log: silentLog });
    const module = createNotificationsModule({
      ...{ db, clock, events, log: silentLog, metrics: createMetrics() },
      random: () => 0.5,
      live: { isWatched: () => false, tell: () => undefined },
      eventTypes: () => EVENT_TYPES,
      clientExists: (id) => Promise.resolve(id.startsWith('client-')),
      seal: specSeal,
      digest: specDigest,
      userAgent: 'Switchyard/spec',
      ...options.deps,
      config: {
        allowedNetworks: ['127.0.0.0/8'],
        timeoutMs: 1_000,
        concurrency: 10,
        mostInFlight: 100,
        mostEndpoints: 200,
        disableAfterMs: 5 * 86_400_000,
        keepMs: 30 * 86_400_000,
        idempotencyTtlMs: 86_400_000,
        ...options.config,
      },
    });
    const http = await startHttp({
      routes,
      controllers: module.controllers,
      authenticate: () => service.principal,
    });
    const service: WebhookService = new WebhookService(db, await WebhookReceiver.start(), http, {
      events,
      module,
    });
    await events.start();
    await module.start();
    return service;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.rest.send(method, path, { ...(body !== undefined && { body }), headers });
  }

  /** Makes a webhook of the receiver's path, for all events unless `more` says otherwise. */
  async webhook(path: string, more: Partial<WebhookIn> = {}): Promise<WebhookWithSecretOut> {
    const body = { url: this.receiver.url(path), event_types: ['*'], ...more };
    const answer = await this.call('POST', '/api/v1/webhooks', body);
    if (answer.status !== 201) throw new Error(`expected 201, got ${answer.status}: ${answer.text}`);
    return answer.body as WebhookWithSecretOut;
  }

  async read(id: string): Promise<WebhookOut> {
    return (await this.call('GET', `/api/v1/webhooks/${id}`)).body as WebhookOut;
  }

  async deliveries(id: string, query = ''): Promise<DeliveryOut[]> {
    const { body } = await this.call('GET', `/api/v1/webhooks/${id}/deliveries?limit=1000${query}`);
    return (body as { items: DeliveryOut[] }).items;
  }

  async delivery(id: string): Promise<DeliveryDetailsOut> {
    return (await this.call('GET', `/api/v1/deliveries/${id}`)).body as DeliveryDetailsOut;
  }

  /** The webhook's only delivery, once `probe` holds for it. */
  async settled(id: string, probe: (delivery: DeliveryOut) => boolean): Promise<DeliveryDetailsOut> {
    const found = await waitFor(
      'the delivery',
      async () => (await this.deliveries(id)).find((delivery) => probe(delivery)),
      { timeoutMs: 20_000, everyMs: 30 },
    );
    return this.delivery(found.id);
  }

  /** Writes events, all in one transaction. */
  async emit(...events: { type?: string; subject: string; data?: Record<string, unknown> }[]): Promise<void> {
    const tx = this.db.begin();
    for (const { type = 'task.completed', subject, data = {} } of events) {
      this.events.append(tx, { type, subject, time: Date.now(), data: JSON.stringify(data) });
    }
    await this.db.commit(tx);
  }

  async stop(): Promise<void> {
    await this.module.stop();
    await this.events.stop();
    await this.http.http.stop();
    await this.receiver.stop();
  }
}

export interface WebhookBench {
  start(options?: ServiceOptions): Promise<WebhookService>;
  readonly db: Database;
  another(): Promise<Database>;
  readonly isPostgres: boolean;
}

const TABLES = [
  'webhook_endpoints',
  'webhook_health',
  'webhook_messages',
  'webhook_deliveries',
  'webhook_attempts',
  'events',
] as const;

export type DatabaseName = (typeof DATABASES)[number]['name'];

/** The same specs over every database (or the one named), each spec with empty tables. */
export function onEachDatabase(specs: (bench: WebhookBench) => void, only?: DatabaseName): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      const services: WebhookService[] = [];
      before(async () => {
        opened = await kind.open();
        await opened.db.migrate([...eventMigrations, ...notificationMigrations]);
      });
      afterEach(async () => {
        await Promise.all(services.splice(0).map((service) => service.stop()));
        const schema = opened.db.schema<Record<(typeof TABLES)[number], object>>();
        const tx = opened.db.begin();
        for (const table of TABLES) opened.db.add(tx, schema.deleteFrom(table));
        await opened.db.commit(tx);
      });
      after(() => opened.close());
      specs({
        async start(options) {
          const service = await WebhookService.start(options?.db ?? opened.db, options);
          services.push(service);
          return service;
        },
        get db() {
          return opened.db;
        },
        another: () => opened.another!(),
        isPostgres: kind.name === 'PostgreSQL',
      });
    });
  }
}
