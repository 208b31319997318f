import type { Clock } from '../kernel/clock.js';
import type { NewEvent } from '../kernel/event.js';
import type { Logger } from '../kernel/logger.js';
import { createSystemModule } from '../modules/system/index.js';
import type { TasksModule } from '../modules/tasks/index.js';
import type { Broker, OutboxRelay, Topology } from '../platform/broker/index.js';
import type { Database } from '../platform/db/database.js';
import { createLoopDelay } from '../platform/metrics/loop-delay.js';
import type { WorkerPool } from '../platform/worker-pool/worker-pool.js';
import type { Config } from './config.js';
import type { Module } from './module.js';
import { packageVersion } from './package-root.js';
import type { Readiness } from './readiness.js';
import { createSystemGauges } from './system-gauges.js';

export interface SystemParts {
  config: Config;
  clock: Clock;
  log: Logger;
  db: Database;
  pool: WorkerPool;
  broker: Broker;
  tasks: TasksModule;
  owner: string;
  /** Those of which are made later. */
  relay: () => OutboxRelay;
  topologies: () => readonly Topology[];
  readiness: () => Readiness;
  /** The live channel, for what is not stored. */
  live: { isWatched: (topic: string) => boolean; tell: (event: NewEvent) => void };
}

/** The module that knows of all others: it is handed what it shows. */
export function createSystem(parts: SystemParts): Module {
  const { config, clock, log, db, pool, broker, tasks, live } = parts;
  const loopDelay = createLoopDelay();
  const system = createSystemModule({
    db,
    clock,
    log: log.child({ module: 'system' }),
    replica: parts.owner,
    surroundings: {
      version: packageVersion(),
      startedAt: clock.now(),
      readiness: parts.readiness,
      running: async (limit) => (await tasks.api.list({ states: ['in_work'] }, limit)).items,
      workers: () => ({ threads: pool.threads, ...pool.load() }),
    },
    gauges: createSystemGauges({
      clock,
      broker,
      tasks: tasks.api,
      outbox: parts.relay,
      topologies: parts.topologies,
    }),
    loopDelayMs: loopDelay.read,
    settings: config.settings,
    isWatched: () => live.isWatched('system'),
    tell: live.tell,
  });
  tasks.onProgress(({ id }, done, total) => system.taskProgress(id, done, total));
  tasks.onEnded(({ id, ending, createdAt, endedAt }) =>
    system.taskEnded(id, { ending, tookMs: endedAt - createdAt }),
  );
  return {
    ...system,
    async start() {
      loopDelay.start();
      await system.start();
    },
    async stop() {
      await system.stop();
      loopDelay.stop();
    },
  };
}
