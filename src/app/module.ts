import type { DeliveryHandler, Topology } from '../platform/broker/index.js';
import type { Migration } from '../platform/db/database.js';
import type { TaskRunner } from '../modules/tasks/index.js';

/** A queue that a module reads. */
export interface QueueConsumer {
  queue: string;
  prefetch: number;
  handler: DeliveryHandler;
}

/** What a module hands to the composition root; all but its name where it has any. */
export interface Module {
  name: string;
  migrations?: readonly Migration[];
  controllers?: readonly object[];
  consumers?: readonly QueueConsumer[];
  topology?: Topology;
  runners?: readonly TaskRunner[];
}
