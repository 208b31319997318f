import { systemClock as clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { DeclaredTopology } from '../platform/broker/index.js';
import type { Config } from './config.js';
import { createFoundation } from './foundation.js';
import { createModules } from './modules.js';
import { topologyOf } from './topology.js';

/** What the service would declare at RabbitMQ with this configuration. Nothing is opened or started for it. */
export function wantedTopology(config: Config, log: Logger): DeclaredTopology {
  const modules = createModules(createFoundation({ config, clock, log }), () => ({
    ready: false,
    status: 'starting',
    parts: {},
  }));
  const declared = new DeclaredTopology();
  for (const topology of topologyOf(modules, 'rabbitmq')) declared.add(topology);
  return declared;
}
