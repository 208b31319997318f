import { createSensorsModule } from '../../modules/sensors/index.js';
import type { Announce } from '../../modules/sensors/index.js';
import type { Foundation } from '../foundation.js';

/** What sensors need of those who tell of them. */
export interface SensorsSurroundings {
  announce?: Announce;
}

/** Clients, sensors, and what these say. */
export function createSensors(foundation: Foundation, { announce }: SensorsSurroundings = {}) {
  const { config, db, clock, log, metrics, owner, schedule, events } = foundation;
  const fates = metrics.counter('switchyard_sensor_events_total', 'Events of sensors, by way and fate', [
    'way',
    'fate',
  ]);
  const sizes = metrics.histogram(
    'switchyard_sensor_batch_events',
    'Events that were taken in one transaction',
    ['way'],
    [1, 5, 10, 50, 100, 250, 500, 1_000, 5_000],
  );
  const differences = metrics.counter(
    'switchyard_sensors_cache_differences_total',
    'Sensors that were remembered otherwise than the database had them, and were mended',
  );
  const sensors = createSensorsModule({
    events,
    ...{ db, clock, log: log.child({ module: 'sensors' }), owner, schedule, announce },
    config: config.sensors,
    onDifferences: (count) => differences.inc({}, count),
    onTaken(way, counted) {
      let size = 0;
      for (const [fate, count] of Object.entries(counted)) {
        fates.inc({ way, fate }, count);
        size += count;
      }
      sizes.observe(size, { way });
    },
  });
  metrics.gauge('switchyard_alarms_active', 'Alarms that are active', async () =>
    (await sensors.api.activeAlarms()).reduce((sum, { count }) => sum + count, 0),
  );
  metrics.gauge('switchyard_sensors_remembered', 'Sensors in memory', () => sensors.api.known.size);
  return sensors;
}
