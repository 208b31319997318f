import { SYSTEM_SUBJECT, createSystemModule } from '../../modules/system/index.js';
import type { Topology } from '../../platform/broker/index.js';
import { createLoopDelay } from '../../platform/metrics/loop-delay.js';
import type { Foundation } from '../foundation.js';
import type { Module } from '../module.js';
import { packageVersion } from '../package-root.js';
import type { Readiness } from '../readiness.js';
import { createSystemGauges } from './system-gauges.js';

/** What the module shows and the foundation does not have. */
export interface SystemSurroundings {
  readiness: () => Readiness;
  topologies: () => readonly Topology[];
}

/** The module that knows of all others: it is handed what it shows. */
export function createSystem(foundation: Foundation, { readiness, topologies }: SystemSurroundings): Module {
  const { config, clock, db, pool, broker, tasks, live, relay, schedule } = foundation;
  const loopDelay = createLoopDelay();
  const system = createSystemModule({
    db,
    clock,
    log: foundation.log.child({ module: 'system' }),
    replica: foundation.owner,
    surroundings: {
      version: packageVersion(),
      startedAt: clock.now(),
      readiness,
      running: async (limit) => (await tasks.api.list({ states: ['in_work'] }, limit)).items,
      workers: () => ({ threads: pool.threads, ...pool.load() }),
      schedule: () => schedule.jobs(),
    },
    gauges: createSystemGauges({ clock, broker, tasks: tasks.api, outbox: relay, topologies }),
    loopDelayMs: loopDelay.read,
    settings: config.settings,
    isWatched: () => live.isWatched(SYSTEM_SUBJECT),
    tell: live.tell,
  });
  tasks.onProgress(({ id }, done, total) => system.taskProgress(id, done, total));
  tasks.onEnded(({ id, ending, createdAt, endedAt }) =>
    system.taskEnded(id, { ending, tookMs: endedAt - createdAt }),
  );
  return {
    ...system,
    async start() {
      loopDelay.start();
      await system.start();
    },
    async stop() {
      await system.stop();
      loopDelay.stop();
    },
  };
}
