import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock as clock } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import {
  createAggregator,
  createReportsModule,
  writeSampleData,
} from '../../../src/modules/reports/index.js';
import { createTasksModule } from '../../../src/modules/tasks/index.js';
import type { TasksApi } from '../../../src/modules/tasks/index.js';
import { taskMigrations } from '../../../src/modules/tasks/tasks.migrations.js';
import {
  brokerMigrations,
  createDeadLetterBox,
  createEmbeddedBroker,
  createOutbox,
  createOutboxRelay,
} from '../../../src/platform/broker/index.js';
import type { Broker, DeadLetterStore, OutgoingMessage } from '../../../src/platform/broker/index.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { createWorkerPool } from '../../../src/platform/worker-pool/create-worker-pool.js';
import { specDigest as digest } from '../../support/body-digest.js';
import type { DatabaseKind } from '../../support/databases.js';
import { silentLog as log } from '../../support/silent-log.js';
import { tempFolder } from '../../support/temp-folder.js';
import { CONFIG } from '../tasks/ledger.js';

export interface ReportService {
  broker: Broker;
  tasks: TasksApi;
  deadLetters: DeadLetterStore;
  /** The data file's text. */
  data: string;
  /** Publishes to `task_report`. */
  ask(body: string, over?: Partial<OutgoingMessage>): Promise<void>;
  stop(): Promise<void>;
}

const NOTHING_KEPT = {
  get: () => Promise.resolve(undefined),
  getMany: (keys: readonly string[]) => Promise.resolve(keys.map(() => undefined)),
  set: () => Promise.resolve(false),
};
const REPORTS = {
  taskQueue: 'task_report',
  readyQueue: 'ready_report',
  mostPhones: 100,
  mostMessageBytes: 100_000,
  prefetch: 50,
  concurrency: 8,
  maxAttempts: 3,
};

/** The whole way of a queue report in one process: broker, ledger, threads, data file, outbox. */
export async function startReportService(kind: DatabaseKind): Promise<ReportService> {
  const opened = await kind.open();
  const { db } = opened;
  await db.migrate([...eventMigrations, ...brokerMigrations, ...taskMigrations]);
  const dataFile = join(await tempFolder(), 'data.json');
  await writeSampleData(dataFile, { records: 5_000, phones: 40, seed: 7 });
  const pool = createWorkerPool({ threads: 2, maxQueue: 100, log });
  const [events, deadLetters, outbox] = [
    createEventLog({ db, clock, log }),
    createDeadLetterBox(db),
    createOutbox(db, clock),
  ];
  const parts = { db, clock, log, events, deadLetters, digest };
  const ledger = createTasksModule({ ...parts, owner: 'spec', random: Math.random, config: CONFIG });
  const aggregator = createAggregator({ pool, cache: NOTHING_KEPT, clock, log, dataFile });
  const reports = createReportsModule({
    clock,
    tasks: ledger.api,
    outbox,
    pool,
    aggregate: aggregator.aggregate,
    aggregateAtOnce: aggregator.atOnce,
    replyAllowed: (queue) => queue === 'replies',
    config: REPORTS,
  });
  ledger.use(reports.runners);
  const broker = createEmbeddedBroker({ db, clock, log, deadLetters });
  broker.declare(reports.topology);
  broker.declare({ exchanges: [], queues: [{ queue: 'replies' }] });
  const relay = createOutboxRelay({ db, broker, clock, log, deadLetters });
  await Promise.all([pool.start(), aggregator.start(), broker.start()]);
  await ledger.start();
  await relay.start();
  for (const { queue, prefetch, handler } of reports.consumers) broker.consume({ queue, prefetch }, handler);
  return {
    broker,
    tasks: ledger.api,
    deadLetters,
    data: await readFile(dataFile, 'utf8'),
    async ask(body, over = {}) {
      const message = { exchange: '', routingKey: 'task_report', timestampMs: clock.now(), contentType: '' };
      await broker.publish({ ...message, messageId: newUuid(clock.now()), body: Buffer.from(body), ...over });
    },
    async stop() {
      await ledger.stop(1_000);
      await relay.stop();
      await broker.stop();
      await aggregator.stop();
      await Promise.all([pool.stop(), events.stop()]);
      await opened.close();
    },
  };
}
