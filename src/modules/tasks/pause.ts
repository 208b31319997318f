/** A task type that is not started for the time being; what runs goes on, what waits and what comes waits. */
export interface Pause {
  type: string;
  pausedAt: number;
  pausedBy: string;
  reason: string | null;
}
