import { systemClock as clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { DeclaredTopology } from '../platform/broker/index.js';
import { createWorkerPool } from '../platform/worker-pool/create-worker-pool.js';
import type { Config } from './config.js';
import { createModules } from './modules.js';
import { chooseCache, chooseDatabase } from './platform.js';
import { topologyOf } from './topology.js';

/** What the service would declare at a broker with this configuration. Nothing is opened or started for it. */
export function wantedTopology(config: Config, log: Logger): DeclaredTopology {
  const { features } = createModules({
    config,
    clock,
    log,
    db: chooseDatabase({ config, clock, log }, false),
    cache: chooseCache({ config, clock, log }),
    pool: createWorkerPool({ threads: 1, maxQueue: 1, log }),
    onDeadLetters: () => undefined,
  });
  const declared = new DeclaredTopology();
  for (const topology of topologyOf(features, 'rabbitmq')) declared.add(topology);
  return declared;
}
