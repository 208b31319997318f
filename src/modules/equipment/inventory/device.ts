import type { Uuid } from '../../../kernel/ids.js';

/** How the last task of a device ended. `not_found`: the provisioning service does not know it. */
export const DEVICE_RESULTS = ['completed', 'not_found', 'failed', 'cancelled'] as const;
export type DeviceResult = (typeof DEVICE_RESULTS)[number];

/** A device that a task has ended for. */
export interface Device {
  id: string;
  firstSeenAt: number;
  /** When its last task ended. */
  lastSeenAt: number;
  lastTaskId: Uuid;
  lastResult: DeviceResult;
  lastMessage: string;
  /** The batch of its last task, if any. */
  lastBatchId: Uuid | null;
  /** Tasks that ended, and those of them that did not end well. */
  tasks: number;
  failures: number;
  note: string | null;
  notedAt: number | null;
  notedBy: string | null;
  /** Counts changes. */
  version: number;
}

/** What an ended task tells of its device. */
export type DeviceSeen = Pick<
  Device,
  'id' | 'lastSeenAt' | 'lastTaskId' | 'lastResult' | 'lastMessage' | 'lastBatchId'
>;
