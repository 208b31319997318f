import type { BodyDigest } from '../../kernel/body-digest.js';
import type { Clock } from '../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Outbox } from '../../kernel/outbox.js';
import type { Seal } from '../../kernel/seal.js';
import { deadQueueOf } from '../../platform/broker/index.js';
import type { Topology } from '../../platform/broker/index.js';
import type { Database, Migration } from '../../platform/db/database.js';
import type { TasksApi } from '../tasks/index.js';
import { batchMigrations, batchTopicDescription, createBatches } from './batches/index.js';
import type { Batches } from './batches/index.js';
import { createConfigureEquipment } from './configure-equipment.js';
import { createConfigureRunner } from './configure.runner.js';
import { createConfiguredConsumer } from './configured.consumer.js';
import type { ConfiguredFate } from './configured.consumer.js';
import { createJobsRepository } from './configurator/jobs.repository.js';
import { createOwnConfigurator } from './configurator/own-configurator.js';

import { createToConfigureConsumer } from './configurator/to-configure.consumer.js';
import { connectProvisioning } from './connect-provisioning.js';
import { createDeviceEvents } from './device-events.js';
import { equipmentMigrations as exchangeMigrations } from './equipment.migrations.js';
import { EquipmentController } from './equipment.controller.js';
import type { EquipmentEnded } from './equipment-ending.js';
import type { ExchangeNames } from './exchange-messages.js';
import { equipmentMessages } from './equipment-messages.js';
import { createEquipmentTopic } from './equipment-topic.js';
import { createInventory, deviceMigrations } from './inventory/index.js';
import { createSupersedesRepository } from './supersedes.repository.js';
import { createSuperseding } from './supersede-waiting.js';
import type { Superseding } from './supersede-waiting.js';

export { CONFIGURE_TASK } from './configure-payload.js';
export { createProvisioningStandIn } from './stand-in/provisioning-stand-in.js';
export type { StandIn, StandInOptions } from './stand-in/provisioning-stand-in.js';
export type { StandInCounts } from './stand-in/device-watch.js';
export { FAULTS } from './stand-in/faults.js';
export type { FaultShares } from './stand-in/faults.js';

export const equipmentMigrations: readonly Migration[] = [
  ...exchangeMigrations,
  ...batchMigrations,
  ...deviceMigrations,
];

export interface EquipmentConfig {
  provisioning: {
    /** `null`: a stand-in inside this process. */
    url: string | null;
    /** PEM; `null`: what Node.js trusts. */
    ca: string | null;
    /** Devices that are configured at once by this process. */
    concurrency: number;
    /** How much later than a task's own time an answer is still waited for. */
    marginMs: number;
    /** What the stand-in takes for one device. */
    standInMs: number;
  };
  /** Whether this process is a configurator. */
  configurator: boolean;
  /** From acceptance to the end. */
  deadlineMs: number;
  exchange: ExchangeNames;
  mostMessageBytes: number;
  /** Of each of the two queues. */
  prefetch: number;
  idempotencyTtlMs: number;
  /** How long ended batches are kept. */
  keepMs: number;
}

export interface EquipmentDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  tasks: TasksApi;
  outbox: Outbox;
  seal: Seal;
  /** Knows bodies that came with an Idempotency-Key. */
  digest: BodyDigest;
  /** Names this process; unique among replicas and restarts. */
  owner: string;
  /** A number in [0, 1). */
  random: () => number;
  config: EquipmentConfig;
  /** Told of each call to the provisioning service that ended. */
  onCall: (seconds: number, outcome: string) => void;
  /** Told what became of each message of a configurator. */
  onFate: (fate: ConfiguredFate, code?: number) => void;
  /** Whether anybody on this replica would hear a live event of the subject. */
  isWatched: (subject: string) => boolean;
  /** Tells those; it is not stored. */
  tell: (event: NewEvent) => void;
}

/** CPE provisioning: what clients ask for, the exchange with configurators, and a configurator of our own. */
export function createEquipmentModule(deps: EquipmentDeps) {
  const { db, clock, log, events, tasks, outbox, seal, config } = deps;
  const { exchange: names, provisioning, mostMessageBytes: mostBytes, prefetch } = config;
  const jobs = createJobsRepository(db);
  const supersedes = createSupersedesRepository(db);
  const superseding = createSuperseding({ db, clock, log, tasks, supersedes, keepMs: config.deadlineMs });
  const configureEquipment = createConfigureEquipment({
    ...{ clock, tasks, seal, deadlineMs: config.deadlineMs },
    supersede: (tx, equipmentId, by) => superseding.supersede(tx, equipmentId, by),
  });
  const endedAmong = async (ids: readonly string[]) => new Set<string>(await tasks.endedAmong(ids as Uuid[]));
  const configurator = createOwnConfigurator({
    ...deps,
    ...{ jobs, names, endedAmong, ...provisioning },
    isOn: config.configurator,
    isAlone: db.dialect === 'sqlite',
    connect: () => connectProvisioning({ ...provisioning, clock, log, random: deps.random }),
  });
  const inventory = createInventory({ db, clock, tasks });
  const batches = createBatches({
    ...{ ...deps, idempotencyTtlMs: config.idempotencyTtlMs, keepMs: config.keepMs },
    configure: (tx, request) => configureEquipment.configure(tx, request),
  });
  const forgetJob: EquipmentEnded = (tx, { task }) => jobs.forget(tx, task.id);
  const ended = [forgetJob, createDeviceEvents(events), batches.ended, inventory.ended];
  const takesJobs = {
    queue: names.configureQueue,
    prefetch,
    handler: createToConfigureConsumer({
      ...{ clock, seal, jobs, mostBytes },
      hasEnded: async (taskId) => (await endedAmong([taskId])).has(taskId),
    }),
  };

  return {
    name: 'equipment',
    messages: equipmentMessages(names, deadQueueOf(names.configuredQueue), [batchTopicDescription]),
    topics: [createEquipmentTopic(tasks), ...batches.topics],
    controllers: [
      new EquipmentController({ now: () => clock.now(), tasks, configureEquipment }),
      ...batches.controllers,
      ...inventory.controllers,
    ],
    runners: [createConfigureRunner({ clock, seal, outbox, names, superseding, ended })],
    consumers: [
      {
        queue: names.configuredQueue,
        prefetch,
        handler: createConfiguredConsumer({ tasks, seal, mostBytes, onFate: deps.onFate }),
      },
      ...(config.configurator ? [takesJobs] : []),
    ],
    topology: topologyOf(names),
    parts: () => ({ provisioning: configurator.state() }),
    inFlight: configurator.inFlight,
    waitingInBatches: () => batches.waiting(),
    ...courseOf(configurator, batches, superseding),
  };
}

/** Batches give nothing further to the ledger before anything else stops. */
function courseOf(
  configurator: ReturnType<typeof createOwnConfigurator>,
  batches: Batches,
  superseding: Superseding,
) {
  return {
    async start(): Promise<void> {
      await configurator.start();
      batches.start();
      superseding.start();
    },
    async drain(ms: number): Promise<void> {
      await batches.stop();
      await configurator.drain(ms);
    },
    async stop(): Promise<void> {
      await Promise.all([batches.stop(), configurator.stop(), superseding.stop()]);
    },
  };
}

function topologyOf({ exchange, ...names }: ExchangeNames): Topology {
  return {
    exchanges: [{ exchange, type: 'direct' }],
    queues: [
      // Its dead letters are kept sealed: a copy in a queue beside it would not be.
      { queue: names.configureQueue, bindings: [{ exchange, routingKey: names.configureKey }] },
      {
        queue: names.configuredQueue,
        bindings: [{ exchange, routingKey: names.configuredKey }],
        deadLetters: true,
      },
    ],
  };
}
