import type { LiveTopic } from '../../kernel/live-topic.js';
import { equipmentKey, viewOf } from '../tasks/index.js';
import type { TasksApi } from '../tasks/index.js';
import { CONFIGURE_TASK } from './configure-payload.js';
import { EQUIPMENT_TOPIC } from './device-events.js';
import { isEquipmentId } from './equipment-id.js';

const NEWEST = 20;

/** `equipment.<id>`: a device's newest tasks, and how each ends. */
export function createEquipmentTopic(tasks: Pick<TasksApi, 'list'>): LiveTopic {
  return {
    name: EQUIPMENT_TOPIC,
    async snapshotOf(id) {
      if (!isEquipmentId(id)) return undefined;
      const { items } = await tasks.list({ type: CONFIGURE_TASK, keys: [equipmentKey(id)] }, NEWEST);
      return { equipment_id: id, tasks: items.map((task) => JSON.parse(viewOf(task)) as unknown) };
    },
  };
}
