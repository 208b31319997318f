import { hostname } from 'node:os';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { createAccess } from '../modules/access/index.js';
import { createDeadLetterIntake, createDeadLettersModule } from '../modules/dead-letters/index.js';
import { createLiveModule } from '../modules/live/index.js';
import { createAggregator, createReportsModule } from '../modules/reports/index.js';
import { createTasksModule, newOwner, progressEvent } from '../modules/tasks/index.js';
import { createOutbox, deadQueueOf, replyToAllowed } from '../platform/broker/index.js';
import type { Cache } from '../platform/cache/cache.js';
import type { Database } from '../platform/db/database.js';
import { createEventLog } from '../platform/events/sql-event-log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { WorkerPool } from '../platform/worker-pool/worker-pool.js';
import type { Config } from './config.js';
import type { Module } from './module.js';
import { retryTask } from './retry-task.js';

export interface ModulesDeps {
  config: Config;
  clock: Clock;
  log: Logger;
  db: Database;
  cache: Cache;
  pool: WorkerPool;
  metrics: Metrics;
  /** Told now and then how many dead letters wait, by reason. */
  onDeadLetters: (reason: string, count: number) => void;
}

/** Every module, wired: the one list of what Switchyard does. */
export function createModules(deps: ModulesDeps) {
  const { config, clock, log, db, cache, pool } = deps;
  const events = createEventLog({ db, clock, log });
  const deadLetters = createDeadLetterIntake(db, events);
  const outbox = createOutbox(db, clock);
  const access = createAccess({ db, clock, log, config: { ...config.access, host: config.http.host } });
  const owner = newOwner(hostname(), process.pid, clock.now());
  const tasks = createTasksModule({
    db,
    clock,
    log: log.child({ module: 'tasks' }),
    events,
    deadLetters,
    owner,
    random: Math.random,
    config: {
      deadlineMs: config.tasks.deadlineMs,
      leaseMs: config.tasks.leaseMs,
      retry: { baseMs: config.tasks.retryBaseMs, maxMs: config.tasks.retryMaxMs },
      idempotencyTtlMs: config.tasks.idempotencyTtlMs,
      waitingLimit: config.tasks.waitingLimit,
      keepMs: config.tasks.keepMs,
    },
  });
  const aggregator = createAggregator({
    pool,
    cache,
    clock,
    log: log.child({ module: 'reports' }),
    dataFile: config.data.file,
    settleMs: config.data.settleMs,
    invalidRecords: config.data.invalidRecords,
    ttlMs: config.cache.ttlMs,
    memoryBytes: config.cache.memoryBytes,
    maxPeriods: config.reports.maxPeriods,
  });
  const { taskQueue, readyQueue } = config.reports;
  const ownQueues = [taskQueue, readyQueue].flatMap((queue) => [queue, deadQueueOf(queue)]);
  const reports = createReportsModule({
    clock,
    tasks: tasks.api,
    outbox,
    pool,
    aggregate: aggregator.aggregate,
    replyAllowed: (queue) => replyToAllowed(queue, { prefixes: config.broker.replyToPrefixes, ownQueues }),
    config: {
      taskQueue,
      readyQueue,
      mostPhones: config.reports.maxPhones,
      mostMessageBytes: config.broker.messageMaxBytes,
      prefetch: config.broker.prefetch,
      concurrency: config.reports.concurrency,
      maxAttempts: config.tasks.maxAttempts,
    },
  });
  const letters = createDeadLettersModule({
    db,
    clock,
    log: log.child({ module: 'dead-letters' }),
    events,
    outbox,
    tasks: {
      retry: (tx, id, actor) => retryTask(tasks.api, tx, id, actor),
      payloadOf: async (id) => (await tasks.api.get(id))?.payload,
    },
    keepMs: config.tasks.keepMs,
    onCount: deps.onDeadLetters,
  });
  const live = createLiveModule({
    clock,
    log: log.child({ module: 'live' }),
    events,
    access,
    metrics: deps.metrics,
    config: config.live,
  });
  tasks.onProgress((task, done, total) =>
    live.tellProgress(`tasks/${task.id}`, () => progressEvent(task, done, total, clock.now())),
  );
  const features: readonly Module[] = [reports, letters, live];
  live.use([...tasks.topics, ...features.flatMap(({ topics }) => topics ?? [])]);
  for (const { runners } of features) tasks.use(runners ?? []);
  return { owner, events, deadLetters, access, tasks, aggregator, live, features };
}

export type Modules = ReturnType<typeof createModules>;
