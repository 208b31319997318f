import type { EventLog } from '../../../kernel/event.js';
import { toRfc3339 } from '../../../kernel/clock.js';
import type { Tx } from '../../../kernel/tx.js';
import { batchOf } from '../batches/batch.js';
import type { EquipmentEnding } from '../equipment-ending.js';
import type { DeviceResult } from './device.js';
import type { DevicesRepository } from './devices.repository.js';

/** The first word of a device's topic and subjects. */
export const DEVICE_TOPIC = 'equipment';

export interface SeeDeviceDeps {
  events: EventLog;
  devices: Pick<DevicesRepository, 'see'>;
}

/** Puts a device that a task has ended for into the inventory, and tells of it, in the transaction in which it ends. */
export function seeDevice({ events, devices }: SeeDeviceDeps, tx: Tx, ending: EquipmentEnding): void {
  const { task, equipmentId: id, message } = ending;
  const lastSeenAt = task.endedAt ?? task.createdAt;
  const lastResult = resultOf(ending);
  const lastBatchId = batchOf(task.createdBy) ?? null;
  devices.see(tx, { id, lastSeenAt, lastTaskId: task.id, lastResult, lastMessage: message, lastBatchId });
  const data = {
    equipment_id: id,
    task_id: task.id,
    result: lastResult,
    code: ending.code,
    message,
    batch_id: lastBatchId,
    at: toRfc3339(lastSeenAt),
  };
  const type = lastResult === 'completed' ? 'equipment.configured' : 'equipment.not-configured';
  events.append(tx, { type, subject: `${DEVICE_TOPIC}/${id}`, time: lastSeenAt, data: JSON.stringify(data) });
}

function resultOf({ ending, code }: EquipmentEnding): DeviceResult {
  if (ending === 'cancelled') return 'cancelled';
  if (code === 200) return 'completed';
  return code === 404 ? 'not_found' : 'failed';
}
