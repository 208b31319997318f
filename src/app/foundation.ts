import { hostname } from 'node:os';
import { createAccess } from '../modules/access/index.js';
import { createDeadLetterIntake } from '../modules/dead-letters/index.js';
import { createLiveModule } from '../modules/live/index.js';
import { createTasksModule, newOwner, progressEvent } from '../modules/tasks/index.js';
import { createOutbox, createOutboxRelay, openingSealed, sealingLetters } from '../platform/broker/index.js';
import { createBodyDigest } from '../platform/seal/create-body-digest.js';
import { createSeal } from '../platform/seal/create-seal.js';
import type { PreparedFiles } from './prepare-files.js';
import { createEventLog } from '../platform/events/sql-event-log.js';
import { createSchedule } from '../platform/schedule/index.js';
import { createMetrics } from '../platform/metrics/metrics.js';
import { createWorkerPool } from '../platform/worker-pool/create-worker-pool.js';
import { chooseBroker, chooseCache, chooseDatabase } from './platform.js';
import type { PlatformDeps } from './platform.js';

export interface FoundationDeps extends PlatformDeps {
  /** Absent where nothing is started. */
  files?: Omit<PreparedFiles, 'tls'>;
}

/** What every feature stands on: the adapters that the configuration chose, the ledger, the event log, the live channel. */
export function createFoundation({ files, ...deps }: FoundationDeps) {
  const { config, clock, log } = deps;
  const seal = createSeal(files?.sealKeys ?? []);
  const digest = createBodyDigest(files?.sealKeys ?? []);
  const metrics = createMetrics();
  const db = chooseDatabase(deps);
  const cache = chooseCache(deps);
  const pool = createWorkerPool({
    threads: config.workers.threads,
    maxQueue: config.workers.queueLimit,
    log,
  });
  const events = createEventLog({ db, clock, log });
  const confidential = new Set([config.equipment.exchange.configureQueue]);
  const deadLetters = sealingLetters(createDeadLetterIntake(db, events), seal, confidential);
  const broker = openingSealed(chooseBroker({ ...deps, db, deadLetters }), seal);
  const schedule = createSchedule({ db, clock, log: log.child({ module: 'schedule' }) });
  const outbox = createOutbox(db, clock);
  const relay = createOutboxRelay({ db, broker, clock, log, deadLetters });
  const access = createAccess({ db, clock, log, config: { ...config.access, host: config.http.host } });
  const owner = newOwner(hostname(), process.pid, clock.now());
  const tasks = createTasksModule({
    ...{ db, clock, log: log.child({ module: 'tasks' }), events, deadLetters, digest, owner },
    random: Math.random,
    config: {
      ...config.tasks,
      retry: { baseMs: config.tasks.retryBaseMs, maxMs: config.tasks.retryMaxMs },
    },
  });
  const live = createLiveModule({
    ...{ clock, log: log.child({ module: 'live' }), events, access, metrics },
    config: config.live,
  });
  tasks.onProgress((task, done, total) =>
    live.tellProgress(`tasks/${task.id}`, () => progressEvent(task, done, total, clock.now())),
  );
  return {
    ...{ config, clock, log, metrics, db, cache, pool, events, deadLetters },
    ...{ broker, outbox, relay, access, owner, tasks, live, seal, digest, schedule },
    provisioningCa: files?.provisioningCa ?? null,
  };
}

export type Foundation = ReturnType<typeof createFoundation>;
