import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import type { LiveTopic } from '../../../kernel/live-topic.js';
import type { Database } from '../../../platform/db/database.js';
import type { TasksApi } from '../../tasks/index.js';
import { isEquipmentId } from '../equipment-id.js';
import type { EquipmentEnded } from '../equipment-ending.js';
import { viewOfDevice } from './device-view.js';
import { DevicesController } from './devices.controller.js';
import { createDevicesRepository } from './devices.repository.js';
import { createInventoryApi } from './inventory-api.js';
import { DEVICE_TOPIC, seeDevice } from './see-device.js';

export { deviceTopicDescription } from './device-messages.js';
export { deviceMigrations } from './devices.migrations.js';
export type { InventoryApi } from './inventory-api.js';

export interface InventoryDeps {
  db: Database;
  clock: Clock;
  events: EventLog;
  tasks: Pick<TasksApi, 'list'>;
}

export type Inventory = ReturnType<typeof createInventory>;

/** What is known of devices: when they were seen, and how their last task ended. */
export function createInventory(deps: InventoryDeps) {
  const devices = createDevicesRepository(deps.db);
  const api = createInventoryApi({ ...deps, devices });
  const topic: LiveTopic = {
    name: DEVICE_TOPIC,
    async snapshotOf(key) {
      const device = isEquipmentId(key) ? await devices.get(key) : undefined;
      return device && viewOfDevice(device);
    },
  };
  const ended: EquipmentEnded = (tx, ending) => seeDevice({ ...deps, devices }, tx, ending);
  return { api, ended, controllers: [new DevicesController(api)], topics: [topic] };
}
