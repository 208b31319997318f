import { toRfc3339 } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { EquipmentEnded } from './equipment-ending.js';

/** The first word of the topics and subjects of devices. */
export const EQUIPMENT_TOPIC = 'equipment';

/** Tells of each ending under its device. */
export function createDeviceEvents(events: EventLog): EquipmentEnded {
  return (tx, { task, equipmentId, ending, code, message }) => {
    const time = task.endedAt ?? task.createdAt;
    const data = {
      ...{ equipment_id: equipmentId, task_id: task.id, task_status: ending, code, message },
      at: toRfc3339(time),
    };
    events.append(tx, {
      type: ending === 'completed' ? 'equipment.configured' : 'equipment.configuration-failed',
      subject: `${EQUIPMENT_TOPIC}/${equipmentId}`,
      time,
      data: JSON.stringify(data),
    });
  };
}
