import type { Uuid } from '../../../kernel/ids.js';
import type { DeviceResult } from './device.js';

/** Times are epoch ms. */
export interface DevicesSchema {
  equipment_devices: {
    id: string;
    first_seen_at: number;
    last_seen_at: number;
    last_task_id: Uuid;
    last_result: DeviceResult;
    last_message: string;
    last_batch_id: Uuid | null;
    tasks: number;
    failures: number;
    note: string | null;
    noted_at: number | null;
    noted_by: string | null;
    version: number;
  };
}
