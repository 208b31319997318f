/** How a part of the process is doing, as `/readyz` shows it. `down` on a required part is a 503. */
export interface PartState {
  status: 'ok' | 'degraded' | 'starting' | 'down';
  /** Why it is not ok, or what is worth knowing; no secret, no address with credentials. */
  detail?: string;
}
