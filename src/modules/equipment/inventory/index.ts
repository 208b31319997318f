import type { Clock } from '../../../kernel/clock.js';
import type { Database } from '../../../platform/db/database.js';
import type { TasksApi } from '../../tasks/index.js';
import type { EquipmentEnded } from '../equipment-ending.js';
import { DevicesController } from './devices.controller.js';
import { createDevicesRepository } from './devices.repository.js';
import { createInventoryApi } from './inventory-api.js';
import { seeDevice } from './see-device.js';

export { deviceMigrations } from './devices.migrations.js';
export type { InventoryApi } from './inventory-api.js';

export interface InventoryDeps {
  db: Database;
  clock: Clock;
  tasks: Pick<TasksApi, 'list'>;
}

export type Inventory = ReturnType<typeof createInventory>;

/** What is known of devices: when they were seen, and how their last task ended. */
export function createInventory(deps: InventoryDeps) {
  const devices = createDevicesRepository(deps.db);
  const api = createInventoryApi({ ...deps, devices });
  const ended: EquipmentEnded = (tx, ending) => seeDevice(devices, tx, ending);
  return { api, ended, controllers: [new DevicesController(api)] };
}
