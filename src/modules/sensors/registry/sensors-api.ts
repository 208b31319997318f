import type { Clock } from '../../../kernel/clock.js';
import { AppError, invalidInput } from '../../../kernel/errors.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { changedMeanwhile } from './clients-api.js';
import type { Sight } from './clients-api.js';
import type { ClientsRepository } from './clients.repository.js';
import { makeOnce } from './make-once.js';
import type { MakeOnceDeps, Once } from './make-once.js';
import { CLIENT_GONE, EXTERNAL_ID_TAKEN, SENSOR_CHANGED } from './refusals.js';
import type { Sensor, SensorFields, SensorFilter } from './sensor.js';
import type { SensorsRepository } from './sensors.repository.js';

/** Nudged when a sensor was changed or deleted: whoever remembers sensors reads them anew. */
export const SENSORS_CHANGED = 'sensors-changed';

export interface SensorsApiDeps extends MakeOnceDeps {
  db: Transactions;
  clock: Clock;
  clients: Pick<ClientsRepository, 'hold'>;
  sensors: SensorsRepository;
}

export interface NewSensor extends SensorFields {
  clientId: string;
  createdBy: string;
}

export type SensorsApi = ReturnType<typeof createSensorsApi>;

/** Sensors: unique at their client by `external_id`; a deleted one is gone for all but its log. */
export function createSensorsApi(deps: SensorsApiDeps) {
  const { db, clock, clients, sensors } = deps;

  /** Rejects with `sensors.not-found`, also for another client's. */
  async function require(id: string, sight?: Sight): Promise<Sensor> {
    const sensor = isUuid(id) ? await sensors.get(id) : undefined;
    if (sensor && (sight === undefined || sensor.clientId === sight)) return sensor;
    throw new AppError('Sensor not found', { code: 'sensors.not-found', kind: 'not-found' });
  }

  async function create(wanted: NewSensor, once: Once | undefined): Promise<Sensor> {
    if (!isUuid(wanted.clientId)) throw noSuchClient();
    const sensor = newSensor(wanted, clock.now());
    const add = (tx: Tx): void => {
      clients.hold(tx, sensor.clientId);
      sensors.insert(tx, sensor);
    };
    try {
      return await require(await makeOnce(deps, { id: sensor.id, add }, once));
    } catch (error) {
      throw error instanceof TxConflict ? refused(error) : error;
    }
  }

  async function update(sensor: Sensor, changes: Partial<SensorFields>): Promise<Sensor> {
    const fields = { ...sensor, ...changes };
    if (!(await sensors.isExternalIdFree(sensor.clientId, fields.externalId, sensor.id))) {
      throw externalIdTaken();
    }
    const tx = db.begin();
    sensors.update(tx, sensor, fields);
    await commit(tx);
    return { ...fields, version: sensor.version + 1 };
  }

  async function remove(sensor: Sensor): Promise<void> {
    const tx = db.begin();
    sensors.remove(tx, sensor, clock.now());
    await commit(tx);
  }

  async function commit(tx: Tx): Promise<void> {
    db.nudgeAfter(tx, SENSORS_CHANGED);
    try {
      await db.commit(tx);
    } catch (error) {
      throw error instanceof TxConflict ? changedMeanwhile(SENSOR_CHANGED, error) : error;
    }
  }

  return {
    require,
    create,
    update,
    remove,
    list: (filter: SensorFilter, page: { after?: string | undefined; limit: number }): Promise<Sensor[]> =>
      sensors.list(filter, page),
  };
}

export function newSensor(wanted: NewSensor, now: number): Sensor {
  const { clientId, externalId, name, kind, enabled, createdBy } = wanted;
  return {
    ...{ id: newUuid(now), clientId, externalId, name, kind, enabled },
    ...{ createdAt: now, createdBy, version: 1 },
    // Silence counts from here: one that never says anything is silent too.
    ...{ status: null, statusAt: null, heard: now * 1_000 },
  };
}

function refused(conflict: TxConflict): Error {
  if (conflict.reason === EXTERNAL_ID_TAKEN) return externalIdTaken(conflict);
  return conflict.reason === CLIENT_GONE ? noSuchClient() : conflict;
}

function noSuchClient(): AppError {
  return invalidInput([{ pointer: '/client_id', detail: 'must be the id of a client that there is' }]);
}

function externalIdTaken(cause?: unknown): AppError {
  const message = 'The client has a sensor with that external_id already';
  return new AppError(message, { code: EXTERNAL_ID_TAKEN, kind: 'conflict', cause });
}
