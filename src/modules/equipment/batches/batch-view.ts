import { toRfc3339 } from '../../../kernel/clock.js';
import type { Batch, BatchItem, BatchState, ItemState } from './batch.js';

/** A batch as REST, the live channel and events show it. */
export interface BatchOut {
  batch_id: string;
  name: string | null;
  /**
   * `stopped`: too many devices failed; it can be resumed. `cancelling`: what is in work is let end. `completed` and
   * `cancelled` are for good.
   */
  state: BatchState;
  /** Why it is paused, stopped or cancelled. */
  reason: string | null;
  /** In all. */
  devices: number;
  counts: BatchCountsOut;
  canary: BatchCanaryOut;
  /** Of failures among ended devices; from there on nothing further is started. */
  stop_at_failure_share: number;
  max_attempts: number;
  in_flight: number;
  timeout_in_seconds: number;
  supersede: boolean;
  expires_at: string | null;
  created_at: string;
  created_by: string;
  /** When its state changed last, and who did it: a token, or `switchyard`. */
  changed_at: string;
  changed_by: string;
  ended_at: string | null;
}

/** Devices by state. */
export interface BatchCountsOut {
  waiting: number;
  running: number;
  completed: number;
  failed: number;
  cancelled: number;
}

export interface BatchCanaryOut {
  /** Done before all others; 0 for none. */
  devices: number;
  passed: boolean;
}

/** One device of a batch. */
export interface BatchItemOut {
  /** From 0, in the order in which they came. */
  position: number;
  equipment_id: string;
  state: ItemState;
  attempts: number;
  /** The last one; null before the first. */
  task_id: string | null;
  /** 200, 404 or 500, as the device's own task says it; null before its end. */
  code: number | null;
  message: string | null;
  ended_at: string | null;
}

export function viewOfBatch(batch: Batch): BatchOut {
  const { waiting, running, completed, failed, cancelled } = batch.counts;
  return {
    batch_id: batch.id,
    name: batch.name,
    state: batch.state,
    reason: batch.reason,
    devices: batch.total,
    counts: { waiting, running, completed, failed, cancelled },
    canary: { devices: Math.min(batch.canary, batch.total), passed: batch.canaryPassed },
    stop_at_failure_share: batch.stopAtFailureShare,
    max_attempts: batch.maxAttempts,
    in_flight: batch.inFlight,
    timeout_in_seconds: batch.timeoutInSeconds,
    supersede: batch.supersede,
    expires_at: timeOf(batch.expiresAt),
    created_at: toRfc3339(batch.createdAt),
    created_by: batch.createdBy,
    changed_at: toRfc3339(batch.changedAt),
    changed_by: batch.changedBy,
    ended_at: timeOf(batch.endedAt),
  };
}

export function viewOfItem(item: BatchItem): BatchItemOut {
  return {
    position: item.position,
    equipment_id: item.equipmentId,
    state: item.state,
    attempts: item.attempts,
    task_id: item.taskId,
    code: item.code,
    message: item.message,
    ended_at: timeOf(item.endedAt),
  };
}

function timeOf(epochMs: number | null): string | null {
  return epochMs === null ? null : toRfc3339(epochMs);
}
