import type { Tx } from '../../../kernel/tx.js';
import { batchOf } from '../batches/batch.js';
import type { EquipmentEnding } from '../equipment-ending.js';
import type { DeviceResult } from './device.js';
import type { DevicesRepository } from './devices.repository.js';

/** Puts a device that a task has ended for into the inventory, in the transaction in which it ends. */
export function seeDevice(devices: Pick<DevicesRepository, 'see'>, tx: Tx, ending: EquipmentEnding): void {
  const { task, equipmentId, message } = ending;
  devices.see(tx, {
    id: equipmentId,
    lastSeenAt: task.endedAt ?? task.createdAt,
    lastTaskId: task.id,
    lastResult: resultOf(ending),
    lastMessage: message,
    lastBatchId: batchOf(task.createdBy) ?? null,
  });
}

function resultOf({ ending, code }: EquipmentEnding): DeviceResult {
  if (ending === 'cancelled') return 'cancelled';
  if (code === 200) return 'completed';
  return code === 404 ? 'not_found' : 'failed';
}
