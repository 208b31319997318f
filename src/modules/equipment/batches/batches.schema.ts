import type { Uuid } from '../../../kernel/ids.js';
import type { BatchState, ItemState } from './batch.js';

/** Times are epoch ms, flags 0 or 1. */
export interface BatchesSchema {
  equipment_batches: BatchRow;
  equipment_batch_items: ItemRow;
  /** Which batch the first call with an Idempotency-Key made. */
  equipment_batch_keys: { scope: string; key: string; body_hash: string; batch_id: Uuid; created_at: number };
}

export interface BatchRow {
  id: Uuid;
  name: string | null;
  state: BatchState;
  total: number;
  canary: number;
  canary_passed: number;
  /** Millionths. */
  stop_share: number;
  max_attempts: number;
  in_flight: number;
  timeout_s: number;
  supersede: number;
  expires_at: number | null;
  /** JSON text of the parameters that devices share, without their password. */
  shared: string | null;
  /** The password that devices share, sealed; null once the batch has ended. */
  secret: string | null;
  waiting: number;
  running: number;
  completed: number;
  failed: number;
  cancelled: number;
  forgiven_ended: number;
  forgiven_failed: number;
  reason: string | null;
  created_at: number;
  created_by: string;
  changed_at: number;
  changed_by: string;
  ended_at: number | null;
  request_id: string;
  traceparent: string;
  version: number;
}

export interface ItemRow {
  batch_id: Uuid;
  position: number;
  equipment_id: string;
  state: ItemState;
  /** Its place among those that wait: a further attempt comes after all first ones. */
  turn: number;
  attempts: number;
  max_attempts: number;
  /** 1: its task is to be taken back where it has not begun. */
  recall: number;
  task_id: Uuid | null;
  /** JSON text without the password; null where the batch's are taken. */
  parameters: string | null;
  /** Sealed for the device; null where there is none of its own, and once it is not needed any more. */
  secret: string | null;
  code: number | null;
  message: string | null;
  ended_at: number | null;
}
