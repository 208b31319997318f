import type { FaultCounts } from './schedule.js';

/** What the service runs on. */
export const SITE_NAMES = ['embedded-sqlite', 'rabbit-sqlite', 'rabbit-postgres'] as const;
export type SiteName = (typeof SITE_NAMES)[number];

/** How much a run does. */
export interface Plan {
  readonly site: SiteName;
  readonly seed: number;
  readonly jobs: number;
  readonly kills: number;
  readonly brokerFaults: number;
  /** Restarts of the whole broker among its faults. */
  readonly brokerRestarts: number;
  /** Records of the data file: what a slow job reads. */
  readonly records: number;
}

export const FULL = {
  jobs: 20_000,
  kills: 200,
  brokerFaults: 30,
  brokerRestarts: 3,
  records: 100_000,
} as const;

/** Ends within a minute, so that the specs have it too. */
export const SHORT = { jobs: 300, kills: 8, brokerFaults: 4, brokerRestarts: 0, records: 100_000 } as const;

/** How often each kind of fault comes. */
export function faultsOf(plan: Plan): FaultCounts {
  const few = Math.ceil(plan.kills / 20);
  const shared = plan.site === 'rabbit-postgres';
  const starting = Math.floor(plan.kills / 6);
  const leader = shared ? starting : 0;
  const inOutage = Math.min(2 * few, plan.kills - starting - leader);
  return {
    kill: plan.kills - starting - leader - inOutage,
    'kill while starting': starting,
    'kill leader': leader,
    'kill in outage': inOutage,
    freeze: few,
    'freeze past lease': few,
    ...(shared
      ? { 'late outcome': few, 'cut database': few, 'stop database': few, 'empty cache': few }
      : { 'fill disk': few }),
    ...(plan.site === 'embedded-sqlite' ? {} : brokerFaultsOf(plan)),
  };
}

function brokerFaultsOf({ brokerFaults, brokerRestarts }: Plan): FaultCounts {
  const stops = Math.ceil((brokerFaults - brokerRestarts) / 4);
  return {
    'restart broker': brokerRestarts,
    'stop broker': stops,
    'cut broker': brokerFaults - brokerRestarts - stops,
  };
}
