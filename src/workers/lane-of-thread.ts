import { createRegularLane } from '../modules/reports/scan/regular-lane.js';
import type { RegularLane } from '../modules/reports/scan/regular-lane.js';

let lane: RegularLane | undefined;

/** One lane for all scans of this thread. A scan that waits for its next piece keeps it: a thread does one job at a time. */
export function laneOfThread(): RegularLane {
  return (lane ??= createRegularLane());
}
