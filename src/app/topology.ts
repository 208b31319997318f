import type { Broker, Topology } from '../platform/broker/index.js';
import type { Module } from './module.js';

/**
 * What the modules want of the broker. The embedded one makes no `<queue>.dead`: nobody could read it, and the letters
 * themselves are kept beside it.
 */
export function topologyOf(modules: readonly Module[], broker: Broker['kind']): Topology[] {
  const topologies = modules.flatMap(({ topology }) => topology ?? []);
  if (broker === 'rabbitmq') return topologies;
  return topologies.map(({ queues, ...others }) => ({
    ...others,
    queues: queues.map((queue) => ({ ...queue, deadLetters: false })),
  }));
}
