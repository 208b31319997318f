import type { Clock } from '../../kernel/clock.js';
import type { KnownSensors } from './intake/known-sensors.js';
import { DAY_MS } from './log/log-day.js';
import type { LogDays } from './log/log-days.js';

const TRIM_BATCH = 500;

/** Makes the deliveries that changes of status call for, and says how many. */
export type Announce = (type: 'sensor.status-changed') => Promise<{ made: number }>;

/** A job as the schedule takes it. */
export interface SensorJob {
  name: string;
  cron: string;
  run: () => Promise<string>;
  misfire: 'run-once' | 'skip';
  on?: 'one-replica' | 'each-replica';
}

export interface SensorJobsDeps {
  schedule: { add: (job: SensorJob) => void };
  clock: Clock;
  days: Pick<LogDays, 'upkeep'>;
  known: Pick<KnownSensors, 'check'>;
  announce?: Announce | undefined;
  trimKeys: (before: number) => Promise<void>;
  /** Removes cleared alarms; how many. */
  trimAlarms: (before: number, limit: number) => Promise<number>;
  onDifferences: (count: number) => void;
  config: { checkCron: string; idempotencyTtlMs: number; keepDays: number };
}

/** What this module does at times of the clock. */
export function addSensorJobs(deps: SensorJobsDeps): void {
  const { schedule, announce, config } = deps;
  schedule.add({
    name: 'sensors-days',
    cron: '0 10 * * * *',
    misfire: 'run-once',
    async run() {
      await deps.trimKeys(deps.clock.now() - config.idempotencyTtlMs);
      const before = deps.clock.now() - config.keepDays * DAY_MS;
      while ((await deps.trimAlarms(before, TRIM_BATCH)) === TRIM_BATCH);
      const { dropped } = await deps.days.upkeep();
      return `${dropped} days of the log dropped`;
    },
  });
  schedule.add({
    name: 'sensors-cache',
    cron: '30 * * * * *',
    misfire: 'skip',
    on: 'each-replica',
    async run() {
      const { compared, differences } = await deps.known.check();
      if (differences > 0) deps.onDifferences(differences);
      return `${compared} compared, ${differences} mended`;
    },
  });
  if (!announce) return;
  schedule.add({
    name: 'sensors-announce',
    cron: config.checkCron,
    misfire: 'run-once',
    run: async () => `${(await announce('sensor.status-changed')).made} deliveries made`,
  });
}
