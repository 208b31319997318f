/** A device to be configured, as the configurator keeps it: what a `to_configure` message asks for. */
export interface Job {
  /** The asker's, and in what is told of the outcome. */
  taskId: string;
  equipmentId: string;
  /** Sealed JSON text of what is sent. */
  request: string;
  timeoutInSeconds: number;
  /** Epoch ms from which on it is not sent any more. */
  expiresAt: number | null;
  traceparent: string;
}

/** A job that this process has in hand. */
export interface ClaimedJob extends Job {
  /** Calls before this one that did not reach the service. */
  failures: number;
  /** Until when the device may be at work, epoch ms. */
  busyUntil: number;
}

/** A job that ends without a call. */
export type DroppedJob = Pick<Job, 'taskId' | 'equipmentId' | 'traceparent'>;

/** A job whose call should have ended. */
export interface SilentJob extends DroppedJob {
  /** The process that was to make the call. */
  owner: string | null;
  failures: number;
}

/** Nudged when there may be a job to do. */
export const JOBS_CHANNEL = 'equipment-jobs';
