import type { Generated, Selectable } from 'kysely';

/** The tables of the equipment module's core; times are epoch ms. */
export interface EquipmentSchema {
  equipment_jobs: JobsTable;
  equipment_supersedes: { equipment_id: string; task_id: string; at: number };
}

interface JobsTable {
  /** In the order of arrival. */
  id: Generated<number>;
  task_id: string;
  equipment_id: string;
  /** `sent`: a call is or may be under way. `held`: it has ended, and the device may still be at work on it. */
  state: 'waiting' | 'sent' | 'held';
  /** What is to be sent, sealed; null once that is over. */
  request: string | null;
  timeout_s: number;
  not_before: number;
  expires_at: number | null;
  /** Calls that did not reach the service. */
  failures: number;
  sent_at: number | null;
  /** Until when the device may be at work. */
  busy_until: number | null;
  /** The process that calls. */
  owner: string | null;
  traceparent: string;
}

export type JobRow = Selectable<JobsTable>;
