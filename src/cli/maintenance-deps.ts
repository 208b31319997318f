import type { Config } from '../app/config.js';
import type { MaintenanceDeps } from '../app/maintenance.js';
import { systemClock } from '../kernel/clock.js';
import { createLogger } from '../platform/log/create-logger.js';

/** For commands that open the database themselves: only faults are told, on stderr. */
export function maintenanceDeps(config: Config): MaintenanceDeps {
  return { config, clock: systemClock, log: createLogger({ level: 'error', destination: process.stderr }) };
}
