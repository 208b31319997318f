import { systemClock } from '../../../src/kernel/clock.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { AppError } from '../../../src/kernel/errors.js';
import type { EventLog, StoredEvent } from '../../../src/kernel/event.js';
import type { LiveTopic } from '../../../src/kernel/live-topic.js';
import { createLiveModule, type LiveAccess, type LiveModule } from '../../../src/modules/live/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { createMetrics, type Metrics } from '../../../src/platform/metrics/metrics.js';
import {
  createWebSocketEndpoint,
  type WebSocketEndpoint,
  type WebSocketEndpointOptions,
} from '../../../src/platform/websocket/web-socket-endpoint.js';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';
import { LiveSocket } from '../../support/live-socket.js';
import { silentLog } from '../../support/silent-log.js';

export interface LiveServiceOptions {
  topics?: readonly LiveTopic[];
  access?: Partial<LiveAccess>;
  /** Of the live channel; the event log runs on the system's. */
  clock?: Clock;
  endpoint?: Partial<WebSocketEndpointOptions>;
  maxSubscriptions?: number;
}

const ADMIN = { role: 'admin', name: 'a spec' } as const;

/** Things are counters: each event of `things/<key>` carries the new value. */
export class Things implements LiveTopic {
  readonly name = 'things';
  readonly values = new Map<string, number>();

  snapshot = (): Promise<unknown> => Promise.resolve({ values: Object.fromEntries(this.values) });

  snapshotOf = (key: string): Promise<unknown> => {
    const value = this.values.get(key);
    if (value !== undefined) return Promise.resolve({ value });
    throw new AppError('Thing not found', { code: 'things.not-found', kind: 'not-found' });
  };
}

/** A live channel on a port of its own, over a database. */
export class LiveService {
  readonly things = new Things();
  readonly events: EventLog;
  readonly live: LiveModule;
  readonly metrics: Metrics = createMetrics();
  /** Of the events that are written. */
  eventTime = Date.UTC(2026, 0, 2);
  endpoint!: WebSocketEndpoint;
  http!: HttpFixture;
  readonly #sockets: LiveSocket[] = [];

  constructor(
    readonly db: Database,
    private readonly options: LiveServiceOptions = {},
  ) {
    const clock = options.clock ?? systemClock;
    this.events = createEventLog({ db, clock: systemClock, log: silentLog });
    this.live = createLiveModule({
      clock,
      log: silentLog,
      events: this.events,
      metrics: this.metrics,
      access: {
        authenticate: () => ADMIN,
        authenticateText: () => ADMIN,
        holds: () => true,
        ...options.access,
      },
      config: { maxSubscriptions: options.maxSubscriptions ?? 100 },
    });
    this.live.use([this.things, ...(options.topics ?? [])]);
  }

  async start(): Promise<this> {
    this.http = await startHttp();
    const { live, options } = this;
    this.endpoint = createWebSocketEndpoint({
      server: this.http.http.server,
      path: '/ws',
      clock: options.clock ?? systemClock,
      log: silentLog,
      maxConnections: 100,
      allowedOrigins: [],
      admit: live.admit,
      onCutOff: live.onCutOff,
      ...options.endpoint,
    });
    await this.events.start();
    await live.start();
    return this;
  }

  async connect(headers: Record<string, string> = {}, more = {}): Promise<LiveSocket> {
    const socket = await LiveSocket.open(this.http.url, headers, more);
    this.#sockets.push(socket);
    return socket;
  }

  /** Changes things, all in one transaction; `keys` may repeat. */
  async change(...keys: string[]): Promise<void> {
    const tx = this.db.begin();
    for (const key of keys) {
      const value = (this.things.values.get(key) ?? 0) + 1;
      this.things.values.set(key, value);
      this.events.append(tx, {
        type: 'thing.changed',
        subject: `things/${key}`,
        time: this.eventTime,
        data: JSON.stringify({ value }),
      });
    }
    await this.db.commit(tx);
  }

  /** Every event after a position, as the table has them. */
  async all(after: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (;;) {
      const batch = await this.events.read(events.at(-1)?.position ?? after, 1_000);
      events.push(...batch);
      if (batch.length < 1_000) return events;
    }
  }

  async metric(name: string): Promise<number> {
    const line = (await this.metrics.text()).split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  }

  async stop(): Promise<void> {
    await this.live.stop();
    await this.events.stop();
    for (const { ws } of this.#sockets) ws.terminate();
    await this.endpoint.stop();
    await this.http.http.stop();
  }
}
