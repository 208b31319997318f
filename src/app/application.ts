import { mkdir, readFile } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { createOutboxRelay } from '../platform/broker/index.js';
import type { Consumption } from '../platform/broker/index.js';
import { models, routes } from '../generated/routes.js';
import { createHttpServer } from '../platform/http/http-server.js';
import { createMetrics } from '../platform/metrics/metrics.js';
import { createWorkerPool } from '../platform/worker-pool/create-worker-pool.js';
import type { Config } from './config.js';
import { prepareDataFile } from './data-file.js';
import { allMigrations } from './migrations.js';
import { createModules } from './modules.js';
import { chooseBroker, chooseCache, chooseDatabase } from './platform.js';
import { judgeReadiness } from './readiness.js';
import type { Phase, Readiness } from './readiness.js';
import { createUpkeep } from './upkeep.js';
import { registerMetrics } from './register-metrics.js';

export interface ApplicationDeps {
  config: Config;
  clock: Clock;
  log: Logger;
}

export interface Application {
  /**
   * Listens at once, so that liveness can be seen, and resolves when REST accepts work. A database server that is
   * away is waited for. Rejects with what cannot be waited for: the port taken, the state folder in use, no data file.
   */
  start(): Promise<void>;
  /** Takes no more work, lets what runs end for as long as is configured, and closes. Idempotent. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8000`; there once it listens. */
  address(): string;
  /** The token that a first start on a public address made; to be shown once. */
  firstToken(): string | null;
  readiness(): Readiness;
}

/** The whole process, put together. */
export async function createApplication({ config, clock, log }: ApplicationDeps): Promise<Application> {
  await mkdir(config.state.dir, { recursive: true });
  const db = chooseDatabase({ config, clock, log });
  const broker = chooseBroker({ config, clock, log }, db);
  const cache = chooseCache({ config, clock, log });
  const pool = createWorkerPool({
    threads: config.workers.threads,
    maxQueue: config.workers.queueLimit,
    log,
  });
  const metrics = createMetrics();
  const { events, deadLetters, access, tasks, aggregator, reports } = createModules({
    config,
    clock,
    log,
    db,
    cache,
    pool,
  });
  const relay = createOutboxRelay({ db, broker, clock, log, deadLetters });
  const upkeep = createUpkeep({ db, clock, log, inboxKeepMs: config.tasks.inboxKeepMs });
  let phase: Phase = 'starting';
  let firstToken: string | null = null;
  let consumptions: Consumption[] = [];
  let stopping: Promise<void> | undefined;

  const readiness = (): Readiness =>
    judgeReadiness(phase, {
      database: db.state(),
      workers: pool.state(),
      data: aggregator.state(),
      cache: cache.state(),
      broker: broker.state(),
      outbox: relay.state(),
    });

  const http = createHttpServer({
    ...config.http,
    tls: config.tls && { cert: await readFile(config.tls.certFile), key: await readFile(config.tls.keyFile) },
    clock,
    log,
    metrics,
    routes: { models, routes },
    controllers: [...access.controllers, ...tasks.controllers, ...reports.controllers],
    authenticate: access.authenticate,
    readiness,
  });
  registerMetrics(metrics, { tasks: tasks.api, aggregator, relay });

  async function start(): Promise<void> {
    await prepareDataFile(config.data, log);
    await http.start();
    metrics.start();
    await db.start();
    const applied = await db.migrate(allMigrations);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
    await access.start();
    firstToken = await access.ensureFirstToken();
    await Promise.all([cache.start(), pool.start(), aggregator.start(), events.start()]);
    await tasks.start();
    await startBroker();
    upkeep.start();
    if (!stopping) phase = 'ready';
  }

  /** A configured broker may be late: consuming begins when it is there. */
  async function startBroker(): Promise<void> {
    broker.declare(reports.topology);
    await broker.start();
    void relay.start();
    consumptions = reports.consumers.map(({ queue, prefetch, handler }) =>
      broker.consume({ queue, prefetch }, handler),
    );
    if (!(await broker.connected(config.broker.connectWaitMs))) {
      log.warn({}, 'the broker is away; work is accepted over REST, and messages go out when it is back');
    }
  }

  async function stop(): Promise<void> {
    phase = 'stopping';
    await Promise.all(consumptions.map((consumption) => consumption.stop()));
    await tasks.stop(config.shutdown.drainMs);
    await http.stop();
    await relay.stop();
    await Promise.all([broker.stop(), upkeep.stop(), events.stop(), aggregator.stop(), access.stop()]);
    await Promise.all([pool.stop(), cache.stop()]);
    await db.stop();
    metrics.stop();
  }

  return {
    start,
    stop: () => (stopping ??= stop()),
    address: () => http.address(),
    firstToken: () => firstToken,
    readiness,
  };
}
