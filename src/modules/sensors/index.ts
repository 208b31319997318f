import type { Clock } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Database, Leadership } from '../../platform/db/database.js';
import type { Schedule } from '../../platform/schedule/index.js';
import { createAlarmLoop } from './alarms/alarm-loop.js';
import { createAlarmRulesApi } from './alarms/alarm-rules-api.js';
import { AlarmRulesController } from './alarms/alarm-rules.controller.js';
import { createAlarmRulesRepository, MOST_RULES } from './alarms/alarm-rules.repository.js';
import { createAlarmsApi } from './alarms/alarms-api.js';
import { AlarmsController } from './alarms/alarms.controller.js';
import { createAlarmsRepository } from './alarms/alarms.repository.js';
import { createAlarmWatch } from './alarms/watch-alarms.js';
import { createWatchesRepository } from './alarms/watches.repository.js';
import { createEventIntake } from './intake/event-intake.js';
import type { OnTaken } from './intake/event-intake.js';
import { SensorEventsController } from './intake/events.controller.js';
import { createIntakeRepository } from './intake/intake.repository.js';
import { KnownSensors } from './intake/known-sensors.js';
import { createSensorEventsConsumer } from './intake/sensor-events.consumer.js';
import { createSubmitEvents } from './intake/submit-events.js';
import { createLogDays } from './log/log-days.js';
import { createLogDaysRepository } from './log/log-days.repository.js';
import { createLogApi } from './log/read-log.js';
import { createStatusLogQueries } from './log/status-log.queries.js';
import { createClientsApi } from './registry/clients-api.js';
import { ClientsController } from './registry/clients.controller.js';
import { createClientsRepository } from './registry/clients.repository.js';
import { SensorImportController } from './registry/import.controller.js';
import { createOnceRepository } from './registry/once.repository.js';
import { sensorTopic } from './registry/sensor-topic.js';
import { createSensorsApi, SENSORS_CHANGED } from './registry/sensors-api.js';
import { SensorsController } from './registry/sensors.controller.js';
import { createSensorsRepository } from './registry/sensors.repository.js';
import { addSensorJobs } from './sensor-jobs.js';
import type { Announce } from './sensor-jobs.js';
import { sensorMessages } from './sensor-messages.js';

export { sensorMigrations } from './sensors.migrations.js';
export type { Announce } from './sensor-jobs.js';
/** The event that tells of a sensor's new status; its subject is `sensors/<id>`. */
export { STATUS_CHANGED } from './sensor-messages.js';

export interface SensorsConfig {
  queue: string;
  prefetch: number;
  keepDays: number;
  remembered: number;
  checkCron: string;
  importBytes: number;
  idempotencyTtlMs: number;
}

export interface SensorsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  schedule: Pick<Schedule, 'add'>;
  /** Names this process among replicas and restarts. */
  owner: string;
  /** Tells those who want to hear of changes of status; absent where nobody can. */
  announce?: Announce | undefined;
  onTaken: OnTaken;
  /** Told when what was remembered of sensors differed from the database, and was mended. */
  onDifferences: (count: number) => void;
  config: SensorsConfig;
}

/** A batch is parsed and written in some milliseconds. */
const BATCH_BYTES = 256 * 1024;
const MOST_LINES = 1_000_000;
const SHARDS = 16;

/** Clients, their sensors, what these say, and the log of it. */
export function createSensorsModule(deps: SensorsDeps) {
  const { db, config } = deps;
  const parts = createParts(deps);
  const { clients, sensors, days, known, intake, events, repository, bounds, shared } = parts;
  const alarms = createAlarmParts(deps, parts);
  let isStarted = false;
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;

  return {
    name: 'sensors',
    api: {
      /** Whether there is such a client. */
      clientExists: clients.exists,
      known,
      activeAlarms: () => alarms.api.countActive(),
    },
    controllers: [
      new ClientsController(clients),
      new SensorEventsController({
        ...{ sensors, events, repository, bounds },
        now: () => deps.clock.now(),
      }),
      new SensorImportController(shared, bounds),
      new SensorsController(sensors, parts.log),
      new AlarmRulesController(alarms.rules),
      new AlarmsController(alarms.api),
    ],
    consumers: [
      {
        queue: config.queue,
        prefetch: config.prefetch,
        most: Math.ceil(config.prefetch / 2),
        mostBytes: BATCH_BYTES,
        batchHandler: createSensorEventsConsumer(intake),
      },
    ],
    topology: { exchanges: [], queues: [{ queue: config.queue, deadLetters: true }] },
    topics: [sensorTopic(sensors)] as LiveTopic[],
    messages: sensorMessages(config.queue),
    parts: (): Record<string, PartState> => ({
      sensors: isStarted ? alarms.loop.state() : { status: 'starting' },
    }),
    async start(): Promise<void> {
      forget = db.onNudge(SENSORS_CHANGED, () => known.forgetAll());
      await days.start();
      leadership ??= db.lead('sensor-alarms', alarms.loop);
      isStarted = true;
    },
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await alarms.loop.stop();
    },
  };
}

/** The module without its edges. */
function createParts(deps: SensorsDeps) {
  const { db, clock, log, config } = deps;
  const keys = createOnceRepository(db);
  const tables = { clients: createClientsRepository(db), sensors: createSensorsRepository(db) };
  const shared = { db, clock, keys, ttlMs: config.idempotencyTtlMs, ...tables };
  const repository = createIntakeRepository(db);
  const days = createLogDays({
    ...{ clock, log, keepDays: config.keepDays },
    repository: createLogDaysRepository(db, clock),
  });
  const known = new KnownSensors({ find: (ids) => repository.find(ids), clock, most: config.remembered });
  const intake = createEventIntake({
    ...{ db, clock, repository, days, sensors: known, onTaken: deps.onTaken },
    shard: shardOf(deps.owner),
  });
  const alarms = createAlarmsRepository(db);
  addSensorJobs({
    ...{ ...deps, days, known },
    trimKeys: (before) => keys.trim(before),
    trimAlarms: (before, limit) => alarms.trim(before, limit),
  });
  return {
    ...{ shared, repository, days, known, intake, alarms },
    bounds: { mostBytes: config.importBytes, mostLines: MOST_LINES },
    clients: createClientsApi(shared),
    sensors: createSensorsApi(shared),
    log: createLogApi({ queries: createStatusLogQueries(db, days), days, clock }),
    events: createSubmitEvents({ db, intake }),
  };
}

/** Rules and alarms, and what looks after them. */
function createAlarmParts(deps: SensorsDeps, { clients, sensors, alarms }: ReturnType<typeof createParts>) {
  const { db, clock, log, events } = deps;
  const rules = createAlarmRulesRepository(db);
  const watches = createWatchesRepository(db);
  const watch = createAlarmWatch({ db, clock, events, rules, alarms, watches, mostRules: MOST_RULES });
  return {
    rules: createAlarmRulesApi({ db, clock, events, rules, clients, sensors, mostRules: MOST_RULES }),
    api: createAlarmsApi({ db, clock, events, alarms }),
    loop: createAlarmLoop({ clock, log, events, look: () => watch.look() }),
  };
}

function shardOf(owner: string): number {
  let sum = 0;
  for (const char of owner) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return sum % SHARDS;
}
