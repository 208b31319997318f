import { systemClock } from '../../../src/kernel/clock.js';
import type { Clock } from '../../../src/kernel/clock.js';
import type { StoredEvent } from '../../../src/kernel/event.js';
import { createEventIntake } from '../../../src/modules/sensors/intake/event-intake.js';
import type { Fate, IntakeOptions } from '../../../src/modules/sensors/intake/event-intake.js';
import { accountingView } from '../../../src/modules/sensors/intake/accounting-view.js';
import { createIntakeRepository } from '../../../src/modules/sensors/intake/intake.repository.js';
import { KnownSensors } from '../../../src/modules/sensors/intake/known-sensors.js';
import type { StatusEvent } from '../../../src/modules/sensors/intake/status-event.js';
import { createLogDays } from '../../../src/modules/sensors/log/log-days.js';
import { createLogDaysRepository } from '../../../src/modules/sensors/log/log-days.repository.js';
import { createStatusLogQueries } from '../../../src/modules/sensors/log/status-log.queries.js';
import { createClientsApi } from '../../../src/modules/sensors/registry/clients-api.js';
import { createClientsRepository } from '../../../src/modules/sensors/registry/clients.repository.js';
import { createOnceRepository } from '../../../src/modules/sensors/registry/once.repository.js';
import type { Sensor } from '../../../src/modules/sensors/registry/sensor.js';
import { createSensorsApi } from '../../../src/modules/sensors/registry/sensors-api.js';
import { createSensorsRepository } from '../../../src/modules/sensors/registry/sensors.repository.js';
import { sensorMigrations } from '../../../src/modules/sensors/sensors.migrations.js';
import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { silentLog as log } from '../../support/silent-log.js';

export const FROM_QUEUE: IntakeOptions = { way: 'queue', isBuried: () => true };

const FAR = Date.UTC(2100, 0, 1);

/** The parts of the module over a database, without the edges. */
export type SensorsSite = Awaited<ReturnType<typeof openSite>>;

export async function openSite(db: Database, clock: Clock = systemClock, keepDays = 30) {
  await db.migrate([...eventMigrations, ...sensorMigrations]);
  // Numbering goes on in real time, whatever the clock of the spec says.
  const events = createEventLog({ db, clock: systemClock, log });
  await events.start();
  const clients = createClientsRepository(db);
  const sensors = createSensorsRepository(db);
  const shared = { db, clock, clients, sensors, keys: createOnceRepository(db), ttlMs: 3_600_000 };
  const repository = createIntakeRepository(db);
  const days = createLogDays({ repository: createLogDaysRepository(db, clock), clock, log, keepDays });
  const known = new KnownSensors({ find: (ids) => repository.find(ids), clock, most: 10_000 });
  const fates: Record<string, number> = {};
  const intake = createEventIntake({
    ...{ db, clock, repository, days, sensors: known, shard: 3 },
    onTaken: (_, counted) => {
      for (const [fate, count] of Object.entries(counted)) fates[fate] = (fates[fate] ?? 0) + count;
    },
  });
  await days.start();
  const clientsApi = createClientsApi(shared);
  const sensorsApi = createSensorsApi(shared);
  let made = 0;

  return {
    ...{
      db,
      clock,
      events,
      repository,
      days,
      known,
      intake,
      fates,
      clients: clientsApi,
      sensors: sensorsApi,
    },
    shared,
    queries: createStatusLogQueries(db, days),
    newClient: () => clientsApi.create(`client ${process.pid} ${++made}`, 'spec', undefined),
    async newSensor(clientId?: string, more: Partial<Sensor> = {}): Promise<Sensor> {
      const owner = clientId ?? (await this.newClient()).id;
      const externalId = more.externalId ?? `sensor ${++made}`;
      const wanted = { clientId: owner, externalId, name: externalId, kind: 'door', enabled: true };
      return sensorsApi.create({ ...wanted, ...more, createdBy: 'spec' }, undefined);
    },
    /** Takes a batch in a transaction of its own. */
    async take(batch: readonly StatusEvent[], options = FROM_QUEUE): Promise<Fate[]> {
      const tx = db.begin();
      const taken = await intake.add(tx, batch, options);
      return taken.fates(await db.commit(tx));
    },
    log: (sensorId: string, limit = 1_000) =>
      createStatusLogQueries(db, days).list({ sensorId, from: 0, to: FAR, limit }),
    accounting: async () => accountingView(await repository.counted()),
    /** What was told of sensors after a position, in the order of the event log. */
    async told(after: number): Promise<StoredEvent[]> {
      const upTo = await events.settled();
      const found: StoredEvent[] = [];
      for (let position = after; position < upTo;) {
        const page = await events.read(position, 1_000);
        if (page.length === 0) break;
        found.push(...page);
        position = page.at(-1)!.position;
      }
      return found;
    },
    close: () => events.stop(),
  };
}

/** The same specs over each database, one site for them all. */
export function onEachDatabase(specs: (site: () => SensorsSite, name: string) => void, clock?: Clock): void {
  for (const kind of DATABASES) {
    describe(`on ${kind.name}`, function () {
      this.timeout(60_000);
      let opened: OpenedDatabase;
      let site: SensorsSite;
      before(async () => {
        opened = await kind.open(clock);
        site = await openSite(opened.db, clock);
      });
      after(async () => {
        await site.close();
        await opened.close();
      });
      specs(() => site, kind.name);
    });
  }
}
