import type { Uuid } from '../../../kernel/ids.js';
import type { TraceContext } from '../../../kernel/trace.js';

/** Devices of one batch. */
export const MOST_DEVICES = 10_000;
/** Batches that have not ended; each is looked at all the time. */
export const MOST_OPEN = 20;
/** The share of failures is not judged before so many devices have ended. */
export const LEAST_JUDGED = 10;

/**
 * `stopped`: the share of failures was reached. `cancelling`: what is in work is let end. A batch that is `completed` or
 * `cancelled` changes no more.
 */
export const BATCH_STATES = ['running', 'paused', 'stopped', 'cancelling', 'completed', 'cancelled'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** `waiting`: for its turn, also for a further attempt. `running`: a task has it. */
export const ITEM_STATES = ['waiting', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** Devices by state. */
export type Counts = Readonly<Record<ItemState, number>>;

/** How a batch is to go, as asked for. */
export interface BatchOptions {
  name: string | null;
  /** Devices that are done before all others; 0 for none. */
  canary: number;
  /** Of failures among ended devices, in (0, 1]: from there on nothing further is started. */
  stopAtFailureShare: number;
  /** For each device; one that is not known is not tried again. */
  maxAttempts: number;
  /** Tasks that the batch has in the ledger at a time. */
  inFlight: number;
  /** For the provisioning service's answer about one device. */
  timeoutInSeconds: number;
  supersede: boolean;
  /** Epoch ms from which on no device is configured any more; null for never. */
  expiresAt: number | null;
}

/** Many devices to be configured, one attempt a task. */
export interface Batch extends BatchOptions {
  id: Uuid;
  state: BatchState;
  /** Devices in all. */
  total: number;
  /** The canary has ended well enough, or there is none. */
  canaryPassed: boolean;
  /** As of the leader's last step; final where the batch has ended. */
  counts: Counts;
  /** What had ended and failed before the share of failures was last forgiven. */
  forgiven: { ended: number; failed: number };
  /** Why it is paused, stopped or cancelled. */
  reason: string | null;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  changedBy: string;
  endedAt: number | null;
  trace: TraceContext;
  /** Counts changes of state; each is made to one version. */
  version: number;
}

/** One device of a batch. */
export interface BatchItem {
  /** From 0, in the order in which they came. */
  position: number;
  equipmentId: string;
  state: ItemState;
  attempts: number;
  /** The last one. */
  taskId: Uuid | null;
  code: number | null;
  message: string | null;
  endedAt: number | null;
}

export function hasEnded({ state }: Pick<Batch, 'state'>): boolean {
  return state === 'completed' || state === 'cancelled';
}

export function endedIn({ completed, failed, cancelled }: Counts): number {
  return completed + failed + cancelled;
}

/** Made by a batch, and for which: `created_by` of its tasks. */
export function batchActor(id: Uuid): string {
  return `batch:${id}`;
}

/** The batch that made a task, or undefined. */
export function batchOf(createdBy: string): Uuid | undefined {
  return createdBy.startsWith('batch:') ? (createdBy.slice('batch:'.length) as Uuid) : undefined;
}
