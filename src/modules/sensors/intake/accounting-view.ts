import type { CountedRefusal, CountedWay } from './intake.repository.js';

export interface CountsOut {
  came_in: number;
  logged: number;
  /** Of those logged: older than what was known of their sensor. */
  late: number;
  duplicate: number;
  refused: number;
  dead_lettered: number;
}

export interface WayOut extends CountsOut {
  /** `queue` or `rest`. */
  way: string;
}

export interface RefusalsOut {
  way: string;
  reason: string;
  count: number;
}

export interface AccountingOut extends CountsOut {
  /** Whether came_in = logged + duplicate + refused + dead_lettered. */
  balanced: boolean;
  by_way: WayOut[];
  /** Why events were refused or dead-lettered. */
  reasons: RefusalsOut[];
}

const NONE: CountsOut = { came_in: 0, logged: 0, late: 0, duplicate: 0, refused: 0, dead_lettered: 0 };
const NAMES = Object.keys(NONE) as (keyof CountsOut)[];

export function accountingView(counted: {
  ways: readonly CountedWay[];
  refusals: readonly CountedRefusal[];
}): AccountingOut {
  const byWay = counted.ways.map(wayView);
  const total = { ...NONE };
  for (const way of byWay) for (const name of NAMES) total[name] += way[name];
  const known = total.logged + total.duplicate + total.refused + total.dead_lettered;
  return { ...total, balanced: total.came_in === known, by_way: byWay, reasons: [...counted.refusals] };
}

function wayView({ cameIn, deadLettered, ...others }: CountedWay): WayOut {
  return { ...others, came_in: cameIn, dead_lettered: deadLettered };
}
