import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { PartState } from '../kernel/part-state.js';
import type { Consumption } from '../platform/broker/index.js';
import { models, routes } from '../generated/routes.js';
import { createHttpServer } from '../platform/http/http-server.js';
import { createWebSocketEndpoint } from '../platform/websocket/web-socket-endpoint.js';
import type { Config } from './config.js';
import { prepareDataFile } from './data-file.js';
import { createFoundation } from './foundation.js';
import { allMigrations } from './migrations.js';
import type { Module, QueueBatchConsumer, QueueConsumer } from './module.js';
import { listenOn } from './listen.js';
import { createModules } from './modules.js';
import { patiently } from './patient-step.js';
import type { PreparedFiles } from './prepare-files.js';
import { judgeReadiness } from './readiness.js';
import type { Phase, Readiness } from './readiness.js';
import { describeMessages } from './describe-messages.js';
import { topologyOf } from './topology.js';
import { createUpkeep } from './upkeep.js';
import { registerMetrics } from './register-metrics.js';

export interface ApplicationDeps {
  config: Config;
  files: PreparedFiles;
  clock: Clock;
  log: Logger;
  /** Called with the token that a first start on a public address made, as soon as it exists; to be shown once. */
  onFirstToken: (token: string) => void;
}

export interface Application {
  /**
   * Listens at once, so that liveness can be seen, and resolves when REST accepts work. A database server that is
   * away, or a disk without space, is waited for. Rejects with what cannot be waited for: the port taken, the state folder in use, no data file.
   */
  start(): Promise<void>;
  /** Takes no more work, lets what runs end for as long as is configured, and closes. Idempotent. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8000`; there once it listens. */
  address(): string;
  readiness(): Readiness;
}

/** The whole process, put together. */
export function createApplication(deps: ApplicationDeps): Application {
  const { config, clock, log } = deps;
  const { tls, ...files } = deps.files;
  const foundation = createFoundation({ config, clock, log, files });
  const { db, broker, cache, pool, metrics, events, relay, access, tasks, live, schedule } = foundation;
  if (config.db.url !== null && config.seal.keys === null) {
    log.warn(
      {},
      'SEAL_KEYS is not set: secrets are sealed with a key of this state folder, which other replicas lack',
    );
  }
  const modules = createModules(foundation, () => readiness());
  const upkeep = createUpkeep({ db, clock, log, inboxKeepMs: config.tasks.inboxKeepMs });
  let phase: Phase = 'starting';
  let consumptions: Consumption[] = [];
  let stopping: Promise<void> | undefined;

  const readiness = (): Readiness =>
    judgeReadiness(phase, {
      database: db.state(),
      workers: pool.state(),
      cache: cache.state(),
      broker: broker.state(),
      outbox: relay.state(),
      schedule: schedule.state(),
      ...partsOf(modules),
    });

  const http = createHttpServer({
    ...config.http,
    tls,
    clock,
    log,
    metrics,
    routes: { models, routes },
    controllers: [
      ...access.controllers,
      ...tasks.controllers,
      ...modules.flatMap(({ controllers }) => controllers ?? []),
    ],
    hotReads: [...tasks.hotReads, ...modules.flatMap(({ hotReads }) => hotReads ?? [])],
    inboundCalls: modules.flatMap(({ inboundCalls }) => inboundCalls ?? []),
    authenticate: access.authenticate,
    recognise: access.recognise,
    readiness,
    messages: describeMessages([tasks, ...modules]),
  });
  const webSockets = createWebSocketEndpoint({
    ...config.live,
    server: http.server,
    path: '/ws',
    clock,
    log,
    admit: live.admit,
    onCutOff: live.onCutOff,
  });
  registerMetrics(metrics, tasks.api, relay);

  async function start(): Promise<void> {
    const patient = { clock, log, isStopping: () => stopping !== undefined };
    const steps: (() => unknown)[] = [
      patiently(() => prepareDataFile(config.data, log), patient),
      () => listenOn(config.http, () => http.start()),
      () => metrics.start(),
      () => db.start(),
      patiently(() => db.migrate(allMigrations), patient),
      patiently(startAccess, patient),
      () => Promise.all([cache.start(), pool.start(), events.start()]),
      () => Promise.all(modules.map((module) => patiently(async () => module.start?.(), patient)())),
      patiently(() => tasks.start(), patient),
      startBroker,
      () => schedule.start(),
      () => upkeep.start(),
    ];
    for (const step of steps) {
      // A signal may come at any moment of the start.
      if (stopping) return;
      await step();
    }
    if (!stopping) phase = 'ready';
  }

  async function startAccess(): Promise<void> {
    await access.start();
    const token = await access.ensureFirstToken();
    if (token !== null) deps.onFirstToken(token);
  }

  /** A configured broker may be late: consuming begins when it is there. */
  async function startBroker(): Promise<void> {
    for (const topology of topologyOf(modules, broker.kind)) broker.declare(topology);
    await broker.start();
    void relay.start();
    consumptions = modules.flatMap(({ consumers = [], listeners = [] }) => [
      ...consumers.map((consumer) => consume(consumer)),
      ...listeners.map(({ stream, handler }) => broker.listen(stream, handler)),
    ]);
    if (!(await broker.connected(config.broker.connectWaitMs))) {
      log.warn({}, 'the broker is away; work is accepted over REST, and messages go out when it is back');
    }
  }

  function consume(consumer: QueueConsumer | QueueBatchConsumer): Consumption {
    return 'batchHandler' in consumer
      ? broker.consumeBatches(consumer, consumer.batchHandler)
      : broker.consume(consumer, consumer.handler);
  }

  async function stop(): Promise<void> {
    phase = 'stopping';
    await Promise.all(consumptions.map((consumption) => consumption.stop()));
    await schedule.stop();
    tasks.close();
    const { drainMs } = config.shutdown;
    await Promise.all([tasks.stop(drainMs), ...modules.map(async (module) => module.drain?.(drainMs))]);
    await Promise.all(modules.map(async (module) => module.stop?.()));
    await webSockets.stop();
    await http.stop();
    await relay.stop();
    await Promise.all([broker.stop(), upkeep.stop(), events.stop(), access.stop()]);
    await Promise.all([pool.stop(), cache.stop()]);
    await db.stop();
    metrics.stop();
  }

  return {
    start,
    stop: () => (stopping ??= stop()),
    address: () => http.address(),
    readiness,
  };
}

function partsOf(modules: readonly Module[]): Record<string, PartState> {
  const parts: Record<string, PartState> = {};
  for (const module of modules) Object.assign(parts, module.parts?.());
  return parts;
}
