import { allMigrations } from '../../../src/app/migrations.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { TraceContext } from '../../../src/kernel/trace.js';
import { createDeadLetterIntake } from '../../../src/modules/dead-letters/index.js';
import { createEquipmentModule } from '../../../src/modules/equipment/index.js';
import type { EquipmentConfig } from '../../../src/modules/equipment/index.js';
import { createTasksModule } from '../../../src/modules/tasks/index.js';
import {
  createDeadLetterBox,
  createEmbeddedBroker,
  createOutbox,
  createOutboxRelay,
  openingSealed,
  sealingLetters,
} from '../../../src/platform/broker/index.js';
import type { Consumption } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { createSeal } from '../../../src/platform/seal/create-seal.js';
import { createConfigureEquipment } from '../../../src/modules/equipment/configure-equipment.js';
import type { ConfigureRequest } from '../../../src/modules/equipment/configure-equipment.js';
import { createSupersedesRepository } from '../../../src/modules/equipment/supersedes.repository.js';
import { createSuperseding } from '../../../src/modules/equipment/supersede-waiting.js';
import { SPEC_KEY, specDigest as digest } from '../../support/body-digest.js';
import { PARAMETERS } from '../../support/equipment-client.js';
import { silentLog } from '../../support/silent-log.js';
import { CONFIG as TASKS } from '../tasks/ledger.js';

export const MIGRATIONS = allMigrations;

export const NAMES = {
  exchange: 'exchange',
  configureQueue: 'to_configure',
  configuredQueue: 'configured',
  configureKey: 'to_configure_key',
  configuredKey: 'configured_key',
};

const TRACE: TraceContext = {
  requestId: 'request-1',
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
};

/** The same in each site: they are processes of one installation. */
const SEAL = createSeal([SPEC_KEY]);

export interface SiteOptions {
  db: Database;
  url: string | null;
  owner?: string;
  configurator?: boolean;
  concurrency?: number;
  marginMs?: number;
}

export type Site = Awaited<ReturnType<typeof startSite>>;

/** Ledger, embedded broker and the equipment module over one database: as much of a process as provisioning needs. */
export async function startSite({ db, url, owner = 'here', configurator = true, ...over }: SiteOptions) {
  const shared = { db, clock: systemClock, log: silentLog };
  const events = createEventLog(shared);
  const letters = createDeadLetterBox(db);
  const intake = createDeadLetterIntake(db, events);
  const deadLetters = sealingLetters(intake, SEAL, new Set([NAMES.configureQueue]));
  const broker = openingSealed(createEmbeddedBroker({ ...shared, deadLetters, pollMs: 50 }), SEAL);
  const outbox = createOutbox(db, systemClock);
  const relay = createOutboxRelay({ ...shared, broker, deadLetters, pollMs: 50 });
  const tasks = createTasksModule({
    ...{ ...shared, events, deadLetters, digest, owner, random: () => 0.5 },
    config: { ...TASKS, leaseMs: 2_000, retry: { baseMs: 10, maxMs: 100 } },
  });
  const fates: string[] = [];
  const config: EquipmentConfig = {
    provisioning: { url, ca: null, concurrency: 8, marginMs: 0, standInMs: 0, ...over },
    ...{ idempotencyTtlMs: 86_400_000, keepMs: 30 * 86_400_000 },
    ...{ configurator, deadlineMs: 600_000, exchange: NAMES, mostMessageBytes: 100_000, prefetch: 20 },
  };
  const equipment = createEquipmentModule({
    ...{ ...shared, events, outbox, owner, config, seal: SEAL, digest, tasks: tasks.api, random: () => 0.5 },
    ...{ isWatched: () => false, tell: () => undefined },
    onCall: () => undefined,
    onFate: (fate, code) => void fates.push(`${fate} ${code ?? ''}`.trim()),
  });
  const superseding = createSuperseding({
    ...shared,
    tasks: tasks.api,
    supersedes: createSupersedesRepository(db),
    keepMs: 600_000,
  });
  const configure = createConfigureEquipment({
    ...{ clock: systemClock, tasks: tasks.api, seal: SEAL, deadlineMs: 600_000 },
    supersede: (tx, id, by) => superseding.supersede(tx, id, by),
  });
  tasks.use(equipment.runners);
  broker.declare(equipment.topology);
  let consumptions: Consumption[] = [];
  await events.start();
  await equipment.start();
  await tasks.start();
  await broker.start();
  await relay.start();
  consumptions = equipment.consumers.map(({ queue, prefetch, handler }) =>
    broker.consume({ queue, prefetch }, handler),
  );

  return {
    ...{ db, broker, tasks: tasks.api, equipment, letters, events, fates, seal: SEAL },
    configure: (equipmentId: string, request: Partial<ConfigureRequest> = {}) =>
      configure.submit({
        ...{ equipmentId, timeoutInSeconds: 5, parameters: PARAMETERS, trace: TRACE },
        ...{ source: 'rest', createdBy: 'a spec', ...request },
      }),
    /** As a configurator of somebody else would. */
    tell: (content: object | string, messageId: string = newUuid(Date.now())) =>
      broker.publish({
        ...{ exchange: NAMES.exchange, routingKey: NAMES.configuredKey, messageId, timestampMs: Date.now() },
        body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
      }),
    /** Ends what runs; `drainMs` 0 breaks calls off. */
    async stop(drainMs = 5_000): Promise<void> {
      await Promise.all(consumptions.map((one) => one.stop()));
      await Promise.all([tasks.stop(drainMs), equipment.drain(drainMs)]);
      await equipment.stop();
      await relay.stop();
      await broker.stop();
      await events.stop();
    },
  };
}
