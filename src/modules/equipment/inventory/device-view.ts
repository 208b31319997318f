import { toRfc3339 } from '../../../kernel/clock.js';
import type { Device, DeviceResult } from './device.js';

/** A device as REST and the live channel show it. */
export interface DeviceOut {
  equipment_id: string;
  first_seen_at: string;
  /** When its last task ended. */
  last_seen_at: string;
  last_task_id: string;
  /** `not_found`: the provisioning service does not know it. */
  last_result: DeviceResult;
  last_message: string;
  /** The batch of its last task, if any. */
  last_batch_id: string | null;
  /** Tasks that ended. */
  tasks: number;
  /** Those of them that did not end well. */
  failures: number;
  note: string | null;
  noted_at: string | null;
  noted_by: string | null;
}

export function viewOfDevice(device: Device): DeviceOut {
  return {
    equipment_id: device.id,
    first_seen_at: toRfc3339(device.firstSeenAt),
    last_seen_at: toRfc3339(device.lastSeenAt),
    last_task_id: device.lastTaskId,
    last_result: device.lastResult,
    last_message: device.lastMessage,
    last_batch_id: device.lastBatchId,
    tasks: device.tasks,
    failures: device.failures,
    note: device.note,
    noted_at: device.notedAt === null ? null : toRfc3339(device.notedAt),
    noted_by: device.notedBy,
  };
}
