import { systemClock } from '../../../src/kernel/clock.js';
import type { Logger } from '../../../src/kernel/logger.js';
import {
  type Broker,
  brokerMigrations,
  createDeadLetterBox,
  createEmbeddedBroker,
  createOutboxRelay,
  createRabbitBroker,
  type DeadLetterBox,
  type DeadLetterStore,
  type OutboxRelay,
  type OutgoingMessage,
} from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { type DatabaseKind, DATABASES } from '../../support/databases.js';
import { RecordingLog } from '../../support/recording-log.js';
import { rabbitmq } from '../../support/rabbitmq.js';
import { startTcpProxy, type TcpProxy, throughProxy } from '../../support/tcp-proxy.js';

const BACKOFF = { baseMs: 5, capMs: 20 };

/** A database, and brokers over it, as processes of their own would have them. */
export interface Harness {
  db: Database;
  log: RecordingLog;
  deadLetters: DeadLetterStore;
  /** Another broker over the same queues, not started. */
  broker(over?: Database): Broker;
  relay(broker: Broker): OutboxRelay;
  /** Another process' view of the same data, on PostgreSQL. */
  another?: () => Promise<Database>;
  /** A name no other spec uses. */
  queue(): string;
  /** Stops the brokers and relays, leaving the database for the next spec. */
  stopParts(): Promise<void>;
  close(): Promise<void>;
}

export interface RabbitHarness extends Harness {
  url: string;
  proxy: TcpProxy;
}

export type OpenHarness = () => Promise<Harness>;

let names = 0;

const SQLITE = DATABASES.find(({ name }) => name === 'SQLite')!;

/** For `for (const [name, open] of brokers())`: the embedded one on every database, RabbitMQ beside one. */
export function brokers(): [string, OpenHarness][] {
  const embedded = DATABASES.map((kind): [string, OpenHarness] => [
    `embedded on ${kind.name}`,
    () => openEmbedded({}, kind),
  ]);
  return [...embedded, ['RabbitMQ', () => openRabbit()]];
}

async function base(
  kind: DatabaseKind,
  makeBroker: (parts: { db: Database; log: Logger; deadLetters: DeadLetterBox }) => Broker,
): Promise<Harness> {
  const place = await kind.open();
  const { db } = place;
  await db.migrate(brokerMigrations);
  const log = new RecordingLog();
  const opened: { stop(): Promise<void> }[] = [];
  const deadLetters = createDeadLetterBox(db);
  const stopParts = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part.stop();
  };
  const track = <T extends { stop(): Promise<void> }>(part: T): T => (opened.push(part), part);
  return {
    db,
    log,
    deadLetters,
    broker: (over = db) => track(makeBroker({ db: over, log, deadLetters: createDeadLetterBox(over) })),
    relay: (broker) =>
      track(
        createOutboxRelay({ db, broker, clock: systemClock, log, deadLetters, pollMs: 50, backoff: BACKOFF }),
      ),
    queue: () => `spec-${process.pid}-${++names}`,
    ...(place.another ? { another: place.another } : {}),
    stopParts,
    async close() {
      await stopParts();
      await place.close();
    },
  };
}

export function openEmbedded(options: { maxQueueLength?: number } = {}, kind = SQLITE): Promise<Harness> {
  return base(kind, (parts) =>
    createEmbeddedBroker({ ...parts, clock: systemClock, pollMs: 50, backoff: BACKOFF, ...options }),
  );
}

let vhost: Promise<string> | undefined;

export async function openRabbit(): Promise<RabbitHarness> {
  const server = await rabbitmq();
  vhost ??= server.vhostUrl();
  const url = await vhost;
  const { hostname: host, port } = new URL(url);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  const harness = await base(SQLITE, (parts) =>
    createRabbitBroker({
      url: throughProxy(url, proxy),
      ...parts,
      clock: systemClock,
      backoff: BACKOFF,
      reconnectMs: { low: 50, high: 200 },
      confirmTimeoutMs: 3_000,
    }),
  );
  const close = async (): Promise<void> => {
    await harness.close();
    await proxy.stop();
  };
  return { ...harness, close, url, proxy };
}

/** Starts a broker with these queues, each with its dead-letter queue. */
export async function running(harness: Harness, queues: readonly string[], over?: Database): Promise<Broker> {
  const broker = harness.broker(over);
  broker.declare({ exchanges: [], queues: queues.map((queue) => ({ queue, deadLetters: true })) });
  await broker.start();
  if (!(await broker.connected(20_000))) throw new Error('the broker did not connect within 20 s');
  return broker;
}

/** A message to a queue by the default exchange. */
export function to(
  queue: string,
  body: string | Buffer,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return {
    exchange: '',
    routingKey: queue,
    body: Buffer.from(body),
    messageId: `message-${++names}`,
    timestampMs: Date.now(),
    ...more,
  };
}

/** A promise, and what resolves it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The same database, its commits in the hands of the spec. */
export function withCommit(
  db: Database,
  around: (commit: () => ReturnType<Database['commit']>) => ReturnType<Database['commit']>,
): Database {
  return new Proxy(db, {
    get(target, key) {
      if (key === 'commit') return (tx: Parameters<Database['commit']>[0]) => around(() => target.commit(tx));
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
